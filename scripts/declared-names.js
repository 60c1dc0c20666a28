/** The page of docs/api/ with what `symbols/` declares: an author who has only the package finds the names there. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const folder = fileURLToPath(new URL('../symbols/', import.meta.url));
const jiti = createJiti(import.meta.url);

/** @typedef {string | { type: string, optional?: true, percpu?: true, formerly?: string }} Member */
/** @typedef {{ struct: string, optional?: true, members: Readonly<Record<string, Member>> }} Shape */

/** The page's text. */
export function declaredNames() {
  const globals = /** @type {Record<string, { type: string, percpu?: true }>} */ (load('globals').globals);
  const symbols = /** @type {Record<string, readonly string[]>} */ (load('symbol-names').symbolNames);
  const constants = Object.keys(/** @type {object} */ (load('constants').constants));
  const shapes = /** @type {Shape[]} */ (Object.values(load('shapes'))).toSorted((a, b) =>
    a.struct < b.struct ? -1 : 1,
  );
  const heads = headsOfShapes();
  return [
    '# What is declared',
    '',
    'The names that the types of `oompm` know. What is not here is read by its name at run time: `kernel.symbolNamed`,',
    '`kernel.offsetNamed`, `kernel.sizeNamed`, or a shape of your own (see [../plugins.md](../plugins.md)).',
    '',
    `- [Variables](#variables), ${Object.keys(globals).length}: \`GlobalName\``,
    `- [Symbols](#symbols), ${Object.values(symbols).flat().length}: \`SymbolName\`, with the variables`,
    `- [Constants](#constants), ${constants.length}: \`ConstantName\``,
    `- [Structs](#structs), ${shapes.length}: \`StructName\`, with their members`,
    '',
    '## Variables',
    '',
    "`kernel.global('jiffies_64')` gives the value, `kernel.perCpuGlobal('runqueues', cpu)` that of a CPU. Not each kernel has",
    'all of them: `kernel.hasGlobal(name)`.',
    '',
    '```c',
    ...Object.entries(globals).map(([name, { type, percpu }]) => `${name}: ${type}${percpu ? ' (per CPU)' : ''}`),
    '```',
    '',
    '## Symbols',
    '',
    "`kernel.symbol('oom_lock')` gives the address, `kernel.findSymbol` too, or undefined; by the kernel's file that has them.",
    '',
    ...Object.entries(symbols).map(([file, names]) => `- ${file}: ${names.map((name) => `\`${name}\``).join(', ')}`),
    '',
    '## Constants',
    '',
    "`constant(kernel, 'PF_KTHREAD')` of `oompm/linux` gives the value of a macro, and how sure it is.",
    '',
    constants.map((name) => `\`${name}\``).join(', '),
    '',
    '## Structs',
    '',
    "`kernel.ref('zone', address)` reads these members. `?` stands behind one that not each kernel has: it is undefined there.",
    '',
    ...shapes.flatMap((shape) => inWords(shape, heads.get(shape.struct))),
  ].join('\n');
}

/** @param {string} name @returns {Record<string, unknown>} */
function load(name) {
  return /** @type {Record<string, unknown>} */ (jiti(`${folder}${name}.ts`));
}

/** @param {Shape} shape @param {string | undefined} head */
function inWords({ struct, optional, members }, head) {
  const lines = Object.entries(members).map(([name, member]) => {
    const { type, optional: mayLack, percpu, formerly } = typeof member === 'string' ? { type: member } : member;
    const remarks = [percpu && 'per CPU', formerly && `formerly ${formerly}`].filter(Boolean).join(', ');
    return `${name}${mayLack ? '?' : ''}: ${type}${remarks && ` (${remarks})`}`;
  });
  return [
    `### ${struct}`,
    '',
    ...(head === undefined ? [] : [head, '']),
    ...(optional ? ['Not each kernel has it.', ''] : []),
    ...(lines.length === 0 ? ['None of its members is read.', ''] : ['```c', ...lines, '```', '']),
  ];
}

/** What stands before each shape in its file, in one line: "struct zone, include/linux/mmzone.h." */
function headsOfShapes() {
  /** @type {Map<string, string>} */
  const heads = new Map();
  for (const name of readdirSync(folder)) {
    const text = readFileSync(`${folder}${name}`, 'utf8');
    for (const [, said = '', struct = ''] of text.matchAll(
      /\/\*\*((?:(?!\*\/)[^])*?)\*\/\nexport const \w+ = \{\n {2}struct: '(\w+)'/g,
    )) {
      const inLine = said
        .replaceAll(/^\s*\* ?/gm, '')
        .replaceAll(/\s+/g, ' ')
        .trim();
      heads.set(
        struct,
        inLine.replace(/^(?:struct|union) \w+(?=[,.])/, (tag) => `\`${tag}\``),
      );
    }
  }
  return heads;
}
