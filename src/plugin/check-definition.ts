import { didYouMean } from '../words/nearest-word.js';
import { describe, isObject } from './check-form.js';

/** Flags of every command: src/app/common-flags.ts, held to this list by a test. */
export const commonFlagNames: ReadonlySet<string> = new Set([
  'format',
  'output',
  'color',
  'vmlinux',
  'search',
  'debuginfod',
  'force',
  'types',
  'vmcoreinfo',
  'redact',
  'evidence',
  'raw',
  'plugin',
  'help',
]);
export const takenLetters: ReadonlySet<string> = new Set(['o', 'h']);

const pluginKeys = ['id', 'summary', 'needs', 'flags', 'arguments', 'inReport', 'examples', 'api', 'run', 'explain'];
const flagKeys: Readonly<Record<string, readonly string[]>> = {
  boolean: ['type', 'summary', 'char', 'default'],
  string: ['type', 'summary', 'char', 'options', 'default', 'multiple'],
  integer: ['type', 'summary', 'char', 'min', 'max', 'default', 'multiple'],
};
const argumentKeys: Readonly<Record<string, readonly string[]>> = {
  string: ['type', 'summary', 'required', 'options', 'multiple'],
  integer: ['type', 'summary', 'required', 'options', 'multiple'],
};

/** Commands stand in a list, and in what completion offers. */
const longestId = 40;
/** Help and the command line have all of it, for every plugin, at every start. */
const longestDeclaration = 64 * 1024;

const idForm = /^[a-z][a-z0-9-]*$/;
const nameForm = /^[a-zA-Z][a-zA-Z0-9-]*$/;

/** Its message is a whole sentence, which needs neither a name nor a place. */
export class BadDeclaration extends TypeError {
  override name = 'BadDeclaration';
}

/**
 * What is wrong with a plugin's declaration, in one sentence: a plugin in JavaScript, or run without a compiler, has
 * nobody else to tell.
 */
export function mistakeIn(definition: unknown): string | undefined {
  if (!isObject(definition)) return `a plugin is declared by an object, not ${describe(definition)}`;
  const { id } = definition;
  if (typeof id !== 'string' || !idForm.test(id))
    return `a plugin's id is lower case letters, digits and dashes, not ${describe(id)}`;
  if (id.length > longestId)
    return `a plugin's id has at most ${longestId} characters, not ${id.length} (${describe(id)})`;
  const mistake =
    mistakeInKeys(definition) ??
    mistakeInFlags(definition['flags']) ??
    mistakeInArguments(definition['arguments'], definition['flags']) ??
    mistakeInReport(definition) ??
    mistakeInSize(definition);
  return mistake === undefined ? undefined : `plugin ${id}: ${mistake}`;
}

function mistakeInKeys(definition: Readonly<Record<string, unknown>>): string | undefined {
  // Functions beside run may be its helpers; one that is nearly explain is not.
  const unknown = Object.keys(definition).find(
    (key) =>
      !pluginKeys.includes(key) &&
      (typeof definition[key] !== 'function' || didYouMean(key, absent(definition)) !== ''),
  );
  if (unknown !== undefined) return noKey(unknown, pluginKeys, definition);
  const { summary, run, explain, needs, examples } = definition;
  if (typeof summary !== 'string' || summary === '') return 'it has no summary';
  if (typeof run !== 'function') return 'it has no function run';
  if (explain !== undefined && typeof explain !== 'function') return `explain is ${describe(explain)}, not a function`;
  if (
    needs !== undefined &&
    !(
      Array.isArray(needs) &&
      needs.every((need) => typeof need === 'string' || (isObject(need) && typeof need['struct'] === 'string'))
    )
  )
    return 'needs is to be a list of shapes';
  if (examples !== undefined && !isTexts(examples)) return 'examples is to be a list of command lines';
  return undefined;
}

function absent(definition: Readonly<Record<string, unknown>>): string[] {
  return pluginKeys.filter((key) => !Object.hasOwn(definition, key));
}

function mistakeInFlags(flags: unknown): string | undefined {
  if (flags === undefined) return undefined;
  if (!isObject(flags) || Array.isArray(flags))
    return `flags is ${describe(flags)}, not an object with one key for each flag`;
  const letters = new Map<string, string>();
  for (const [name, flag] of Object.entries(flags)) {
    if (!nameForm.test(name)) return `a flag can't be named ${JSON.stringify(name)}`;
    const mistake = mistakeInOption(flag, flagKeys) ?? mistakeInDefault(flag as Readonly<Record<string, unknown>>);
    if (mistake !== undefined) return `flag ${name}: ${mistake}`;
    const { type, options, char } = flag as { type: string; options?: unknown; char?: unknown };
    if (commonFlagNames.has(name) && !addsFormats(name, type, options))
      return `every command has a flag --${name}; give yours another name`;
    if (char === undefined) continue;
    if (typeof char !== 'string' || !/^[a-zA-Z0-9]$/.test(char))
      return `flag ${name}: char is one letter, not ${describe(char)}`;
    if (takenLetters.has(char)) return `flag ${name}: -${char} is a flag of every command; give yours another letter`;
    const other = letters.get(char);
    if (other !== undefined) return `flags ${other} and ${name} are both -${char}`;
    letters.set(char, name);
  }
  return undefined;
}

/** A plugin may have formats of its own beside the common ones. */
function addsFormats(name: string, type: string, options: unknown): boolean {
  return name === 'format' && type === 'string' && options !== undefined;
}

function mistakeInArguments(args: unknown, flags: unknown): string | undefined {
  if (args === undefined) return undefined;
  if (!isObject(args) || Array.isArray(args))
    return `arguments is ${describe(args)}, not an object with one key for each argument`;
  const list = Object.entries(args);
  let optional: string | undefined;
  for (const [index, [name, argument]] of list.entries()) {
    if (!nameForm.test(name)) return `an argument can't be named ${JSON.stringify(name)}`;
    if (isObject(flags) && Object.hasOwn(flags, name)) return `${name} is both a flag and an argument`;
    const mistake = mistakeInOption(argument, argumentKeys);
    if (mistake !== undefined) return `argument ${name}: ${mistake}`;
    const { multiple, required } = argument as { multiple?: unknown; required?: unknown };
    if (multiple === true && index < list.length - 1) return `only the last argument can be multiple, not ${name}`;
    if (required === true && optional !== undefined)
      return `argument ${name} is required, but one before it is not: ${optional}`;
    if (required !== true) optional ??= name;
  }
  return undefined;
}

/** Of a flag or an argument: its type, the keys that its type has, and their values. */
function mistakeInOption(option: unknown, keysByType: Readonly<Record<string, readonly string[]>>): string | undefined {
  if (!isObject(option)) return `it is ${describe(option)}, not an object with a type and a summary`;
  const { type, summary, options } = option;
  const types = Object.keys(keysByType);
  if (typeof type !== 'string' || !types.includes(type))
    return `its type is ${describe(type)}${(typeof type === 'string' ? didYouMean(type, types) : '') || `; it can be ${types.join(', ')}`}`;
  const known = keysByType[type]!;
  const unknown = Object.keys(option).find((key) => !known.includes(key));
  if (unknown !== undefined) return noKey(unknown, known, option);
  if (typeof summary !== 'string' || summary === '') return 'it has no summary';
  if (options !== undefined && !(isTexts(options) && options.length > 0)) return 'options is to be a list of texts';
  for (const key of ['multiple', 'required'])
    if (option[key] !== undefined && typeof option[key] !== 'boolean')
      return `${key} is ${describe(option[key])}, not true or false`;
  for (const key of ['min', 'max'])
    if (option[key] !== undefined && !Number.isSafeInteger(option[key]))
      return `${key} is ${describe(option[key])}, not an integer`;
  return undefined;
}

function mistakeInDefault({
  type,
  default: byDefault,
  options,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (byDefault === undefined) return undefined;
  if (type === 'integer' ? !Number.isSafeInteger(byDefault) : typeof byDefault !== type)
    return `its default is ${describe(byDefault)}, but its type ${String(type)}`;
  if (isTexts(options) && !options.includes(byDefault as string))
    return `its default ${describe(byDefault)} is none of its options${didYouMean(byDefault as string, options)}`;
  return undefined;
}

/** Values for its section: of flags and arguments that there are. */
function mistakeInReport({ inReport, flags, arguments: args }: Readonly<Record<string, unknown>>): string | undefined {
  if (inReport === undefined || inReport === false) return undefined;
  if (!isObject(inReport) || Array.isArray(inReport))
    return `inReport is ${describe(inReport)}; it can be false, or values of flags and arguments`;
  const known = [flags, args].flatMap((declared) => Object.keys(declared ?? {}));
  const unknown = Object.keys(inReport).find((name) => !known.includes(name));
  if (unknown !== undefined)
    return `inReport has a value for ${unknown}, but it has no such flag or argument${didYouMean(unknown, known)}`;
  const odd = Object.entries(inReport).find(
    ([, value]) => !isScalar(value) && !(Array.isArray(value) && value.every(isScalar)),
  );
  return odd === undefined ? undefined : `inReport: the value of ${odd[0]} is ${describe(odd[1])}`;
}

function mistakeInSize({
  summary,
  flags,
  arguments: args,
  inReport,
  examples,
}: Readonly<Record<string, unknown>>): string | undefined {
  const { length } = JSON.stringify([summary, flags, args, inReport, examples]);
  return length > longestDeclaration
    ? `its declaration has ${length} characters; it can have ${longestDeclaration}`
    : undefined;
}

function noKey(key: string, known: readonly string[], given: Readonly<Record<string, unknown>>): string {
  return `there is no key ${key}${
    didYouMean(
      key,
      known.filter((other) => !Object.hasOwn(given, other)),
    ) || `; there are ${known.join(', ')}`
  }`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isScalar(value: unknown): boolean {
  return value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
}
