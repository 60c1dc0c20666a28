import { InputError } from '../bytes/input-error.js';
import { resolveType } from '../debuginfo/type-walk.js';
import { isGapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { definePlugin } from '../plugin/define-plugin.js';
import { columns, fact, facts, gap, table, tree, type RowOf } from '../plugin/make-views.js';
import { readScalar } from '../kernel/inspect/read-scalar.js';
import { objectColumns, objectTree } from '../plugin/object-tree.js';

const bytesInRow = 16;
/** One screen of a large terminal many times over; more is a task for a plugin. */
const mostBytes = 1024 * 1024;

const wordColumns = columns([
  { key: 'address', title: 'ADDRESS', type: 'address' },
  { key: 'first', title: '+0', type: 'text' },
  { key: 'second', title: '+8', type: 'text' },
  { key: 'text', title: 'TEXT', type: 'text' },
]);

/** `read`, as crash's rd: memory at an address or symbol, as words or as an object. */
export const readPlugin = definePlugin({
  id: 'read',
  summary: 'Memory at an address or symbol, as words or as an object of a type',
  inReport: false,
  examples: ['vmcore jiffies_64', 'vmcore init_task --type task_struct', 'vmcore 0xffffffff82a12345 --length 256'],
  arguments: {
    where: { type: 'string', required: true, summary: 'an address in hexadecimal, or a symbol; +0x10 may follow' },
  },
  flags: {
    type: { type: 'string', char: 't', summary: "show it as this struct, union, enum or typedef: 'zone', 'struct zone'" },
    length: { type: 'integer', char: 'n', min: 1, max: mostBytes, default: 64, summary: 'how many bytes, where no type is given' },
  },
  *run(kernel, { where, type, length }) {
    const address = addressNamed(kernel, where);
    if (type === undefined) {
      yield table(placeInWords(kernel, address), wordColumns, words(kernel, address, length), { id: 'words' });
      return;
    }
    const found = typeNamed(kernel, type);
    const title = `${type} at ${placeInWords(kernel, address)}`;
    if (found.kind === 'struct' || found.kind === 'union') yield tree(title, objectColumns, objectTree(kernel, found, address), { id: 'object' });
    else yield facts(title, [fact('value', 'Value', 'text', readScalar(kernel, found, address).value)], { id: 'object' });
  },
});

/** An address in hexadecimal or a symbol, +0x10 after it or not. @throws InputError where it is neither */
export function addressNamed(kernel: Kernel, where: string): bigint {
  const [, base = '', plus = '0'] = /^(.+?)(?:\+(0x[\da-f]+|\d+))?$/i.exec(where) ?? [];
  const symbol = kernel.symbols.addressOf(base);
  if (symbol !== undefined) return symbol + BigInt(plus);
  if (/^(0x)?[\da-f]{1,16}$/i.test(base)) return BigInt(`0x${base.replace(/^0x/i, '')}`) + BigInt(plus);
  throw new InputError(`${where} is neither an address in hexadecimal nor a symbol of this kernel`);
}

function typeNamed(kernel: Kernel, name: string): ReturnType<typeof resolveType> {
  const [, tag, bare = ''] = /^(?:(struct|union|enum)\s+)?(\w[\w ]*)$/.exec(name.trim()) ?? [];
  const found = (tag === undefined || tag === 'struct' || tag === 'union' ? kernel.types.struct(bare) : undefined)
    ?? (tag === undefined || tag === 'enum' ? kernel.types.enum(bare) : undefined)
    ?? (tag === undefined ? kernel.types.typedef(bare) : undefined);
  if (found === undefined) throw new InputError(`this kernel's types (${kernel.types.source}) have no ${name}`);
  return resolveType(found);
}

function placeInWords(kernel: Kernel, address: bigint): string {
  const found = kernel.symbols.at(address);
  const hex = `0x${address.toString(16)}`;
  return found === undefined ? hex : `${hex} <${found.symbol.name}${found.offset === 0 ? '' : `+0x${found.offset.toString(16)}`}>`;
}

function* words(kernel: Kernel, address: bigint, length: number): Generator<RowOf<'address' | 'first' | 'second' | 'text'>> {
  for (let done = 0; done < length; done += bytesInRow) {
    const at = address + BigInt(done);
    try {
      const bytes = kernel.memory.read(at, Math.min(bytesInRow, length - done));
      yield { cells: { address: at, first: word(bytes.subarray(0, 8)), second: word(bytes.subarray(8)), text: printable(bytes) } };
    } catch (error) {
      if (!isGapError(error)) throw error;
      const missing = gap('memory', error.message, at);
      kernel.gap('memory', error.message, at);
      yield { cells: { address: at, first: missing, second: missing, text: error.message } };
    }
  }
}

/** Little endian, as a number is read. */
function word(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : [...bytes].toReversed().map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function printable(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.').join('');
}
