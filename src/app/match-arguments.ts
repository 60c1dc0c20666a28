import { InputError } from '../bytes/input-error.js';
import type { Argument, Arguments, OptionValue, OptionValues } from '../plugin/options.js';

/**
 * The words after VMCORE as a plugin's arguments.
 * @throws InputError where one is missing, of another type, or too many
 */
export function matchArguments(command: string, declared: Arguments, words: readonly string[]): OptionValues {
  const values: Record<string, OptionValue> = {};
  const left = [...words];
  for (const [name, argument] of Object.entries(declared)) {
    const taken = argument.multiple ? left.splice(0) : left.splice(0, 1);
    if (taken.length === 0 && argument.required)
      throw new InputError(`${command} needs ${name.toUpperCase()} after the dump: ${argument.summary}`);
    const read = taken.map((word) => readWord(command, name, argument, word));
    values[name] = argument.multiple ? (read as readonly string[] | readonly number[]) : read[0];
  }
  if (left.length > 0) {
    const unknown = left[0]!;
    throw new InputError(
      unknown.startsWith('-')
        ? `${command} has no flag ${unknown}; oompm ${command} --help lists them`
        : `${command} does not know what to do with ${unknown}; oompm ${command} --help says what it takes`,
    );
  }
  return values;
}

/** Integers may be decimal or 0x hexadecimal. */
function readWord(command: string, name: string, argument: Argument, word: string): string | number {
  if (argument.options !== undefined && !argument.options.includes(word)) {
    throw new InputError(`${command}: ${name.toUpperCase()} is one of ${argument.options.join(', ')}, not ${word}`);
  }
  if (argument.type === 'string') return word;
  const value = /^(?:-?\d+|0x[\da-f]+)$/i.test(word) ? Number(word) : NaN;
  if (!Number.isSafeInteger(value))
    throw new InputError(`${command}: ${name.toUpperCase()} is a whole number, not ${word}`);
  return value;
}
