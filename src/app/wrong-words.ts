import { stripVTControlCharacters } from 'node:util';
import type * as Errors from '@oclif/core/errors';
import { InputError } from '../bytes/input-error.js';
import { didYouMean } from '../words/nearest-word.js';
import { oneLine } from '../report/escape.js';

/** oclif's complaints of a command line in one sentence, with the word that was meant where one is near. */
export function wrongWords(error: Errors.CLIError, command: string): string {
  const [flag] = unknownFlags(error);
  if (flag !== undefined) return oneLine(unknownFlag(command, flag, flagsOf(error)));
  const message = plainLines(error.message);
  const number = wholeNumberWanted(message);
  if (number !== undefined) return oneLine(number);
  const [, value, options] =
    /^Expected (?:--[\w-]+=)?(.*) to be one of: (.*?)(?:; See more help|$)/.exec(message) ?? [];
  const nearest = value === undefined || options === undefined ? '' : didYouMean(value, options.split(', '));
  return oneLine(
    message.replace(/; See more help with --help$/, '').replace(/^./, (letter) => letter.toLowerCase()) +
      (nearest || `; oompm ${command} --help tells more`),
  );
}

/** oclif's "Parsing --limit … Expected an integer" as a sentence of ours; undefined for another. */
function wholeNumberWanted(message: string): string | undefined {
  const [, flag, wanted, given] =
    /^Parsing (--[\w-]+)\s*[;:]?\s*Expected an integer(.*?) but received: (.*?)(?:; See more help.*)?$/s.exec(
      message,
    ) ?? [];
  if (flag === undefined) return undefined;
  const [, way, limit] = /^ (greater|less) than or equal to (-?\d+)$/.exec(wanted!) ?? [];
  const within = way === undefined ? '' : `, ${limit} or ${way === 'less' ? 'less' : 'more'}`;
  return `${flag} takes a whole number${within}, not ${given}`;
}

/** @throws InputError where a flag that takes none is given a value, which oclif reads as a word of its own */
export function refuseValues(
  command: string,
  flags: Readonly<Record<string, { type: string; allowNo?: boolean }>>,
  words: readonly string[],
): void {
  const end = words.indexOf('--');
  for (const word of end < 0 ? words : words.slice(0, end)) {
    const [, name] = /^--([\w-]+)=/.exec(word) ?? [];
    if (name === undefined) continue;
    const flag =
      flags[name] ?? (flags[name.replace(/^no-/, '')]?.allowNo === true ? flags[name.replace(/^no-/, '')] : undefined);
    if (flag?.type === 'boolean')
      throw new InputError(`${command}: --${name} takes no value; leave out ${word.slice(name.length + 2)}`);
  }
}

/** The sentence for a flag that a command has not. */
function unknownFlag(command: string, flag: string, known: readonly string[]): string {
  const [name] = flag.split('=', 1) as [string];
  const suggestion = didYouMean(name.replace(/^-+/, ''), known, (nearest) => `--${nearest}`);
  return `${command} has no flag ${flag}${suggestion || `; oompm ${command} --help lists its flags`}`;
}

/** A fact and further lines, coloured; here on one line. */
function plainLines(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => line.trim()).join('; ');
}

/** oclif does not export its parser's errors; what they carry beside the message is looked for. */
function unknownFlags(error: Errors.CLIError): readonly string[] {
  return 'flags' in error && Array.isArray(error.flags) ? error.flags.map(String) : [];
}

function flagsOf(error: Errors.CLIError): readonly string[] {
  const declared = field(field(field(error, 'parse'), 'input'), 'flags');
  return typeof declared !== 'object' || declared === null
    ? []
    : Object.entries(declared).flatMap(([name, flag]) =>
        field(flag, 'allowNo') === true ? [name, `no-${name}`] : [name],
      );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
