import { stripVTControlCharacters } from 'node:util';
import type * as Errors from '@oclif/core/errors';
import { didYouMean } from '../words/nearest-word.js';
import { oneLine } from '../report/escape.js';

/** oclif's complaints of a command line in one sentence, with the word that was meant where one is near. */
export function wrongWords(error: Errors.CLIError, command: string): string {
  const [flag] = unknownFlags(error);
  if (flag !== undefined) return oneLine(unknownFlag(command, flag, flagsOf(error)));
  const message = plainLines(error.message);
  const [, value, options] = /^Expected (?:--[\w-]+=)?(.*) to be one of: (.*?)(?:; See more help|$)/.exec(message) ?? [];
  const nearest = value === undefined || options === undefined ? '' : didYouMean(value, options.split(', '));
  return oneLine(message.replace(/; See more help with --help$/, '').replace(/^./, (letter) => letter.toLowerCase()) + (nearest || `; oompm ${command} --help tells more`));
}

/** The sentence for a flag that a command has not. */
export function unknownFlag(command: string, flag: string, known: readonly string[]): string {
  const [name] = flag.split('=', 1) as [string];
  return `${command} has no flag ${flag}${didYouMean(name.replace(/^-+/, ''), known, (nearest) => `--${nearest}`) || `; oompm ${command} --help lists its flags`}`;
}

/** A fact and further lines, coloured; here on one line. */
function plainLines(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.trim()).join('; ');
}

/** oclif does not export its parser's errors; what they carry beside the message is looked for. */
function unknownFlags(error: Errors.CLIError): readonly string[] {
  return 'flags' in error && Array.isArray(error.flags) ? error.flags.map(String) : [];
}

function flagsOf(error: Errors.CLIError): readonly string[] {
  const declared = field(field(field(error, 'parse'), 'input'), 'flags');
  return typeof declared !== 'object' || declared === null ? [] : Object.entries(declared).flatMap(([name, flag]) => field(flag, 'allowNo') === true ? [name, `no-${name}`] : [name]);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
