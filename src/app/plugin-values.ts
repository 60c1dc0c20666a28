import type { Command } from '@oclif/core/command';
import * as Errors from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import { InputError } from '../bytes/input-error.js';
import type { Declaration } from '../plugin/define-plugin.js';
import type { Flag, OptionValues } from '../plugin/options.js';
import { commonFlags } from './common-flags.js';
import { matchArguments } from './match-arguments.js';
import { refuseValues, wrongWords } from './wrong-words.js';
import { defined } from '../words/defined.js';

export type OclifFlags = NonNullable<typeof Command.flags>;

/** A plugin's flags for oclif; a common flag of the same name stands, so that `-o` is the same everywhere. */
export function ownFlags(plugin: Declaration): OclifFlags {
  return Object.fromEntries(
    Object.entries(plugin.flags)
      .filter(([name]) => !(name in commonFlags))
      .map(([name, flag]) => [name, oclifFlag(flag)]),
  );
}

/** What a plugin is run with, of what oclif has read. */
export function pluginValues(plugin: Declaration, parsed: OptionValues, rest: readonly string[]): OptionValues {
  return {
    ...Object.fromEntries(Object.entries(plugin.flags).map(([name, flag]) => [name, valueOf(flag, parsed[name])])),
    ...matchArguments(plugin.id, plugin.arguments, rest),
  };
}

/**
 * The words after a plugin's name where there is no dump among them: the prompt of the screens, read as the command
 * line is.
 * @throws InputError in the command line's own sentence
 */
export async function parsePluginWords(plugin: Declaration, words: readonly string[]): Promise<OptionValues> {
  refuseValues(plugin.id, ownFlags(plugin), words);
  try {
    const { argv, flags } = await parse([...words], { flags: ownFlags(plugin), args: {}, strict: false });
    return pluginValues(plugin, flags as OptionValues, argv as string[]);
  } catch (error) {
    if (error instanceof Errors.CLIError) throw new InputError(wrongWords(error, plugin.id));
    throw error;
  }
}

const takenChars = new Set(['o', 'h']);

function oclifFlag(flag: Flag): OclifFlags[string] {
  const shared = {
    summary: flag.summary,
    ...(flag.char === undefined || takenChars.has(flag.char) ? {} : { char: flag.char as 'a' }),
  };
  switch (flag.type) {
    case 'boolean':
      return Flags.boolean({ ...shared, ...(flag.default ? { default: true, allowNo: true } : {}) });
    case 'string':
      return Flags.string({
        ...shared,
        ...many(flag),
        ...(flag.options === undefined ? {} : { options: [...flag.options] }),
      });
    case 'integer':
      return Flags.integer({
        helpValue: 'N',
        ...shared,
        ...many(flag),
        ...defined({ min: flag.min, max: flag.max }),
      });
    default:
      return flag satisfies never;
  }
}

function many({ multiple, default: byDefault }: { multiple?: boolean; default?: string | number }): {
  multiple?: false;
} {
  const shape = {
    ...(multiple ? { multiple: true, multipleNonGreedy: true } : {}),
    ...(byDefault === undefined ? {} : { default: multiple ? [byDefault] : byDefault }),
  };
  // oclif types one flag and many apart; here it is one declaration for both.
  return shape as { multiple?: false };
}

function valueOf(flag: Flag, parsed: OptionValues[string]): OptionValues[string] {
  if (flag.type === 'boolean') return parsed ?? false;
  return flag.multiple ? (parsed ?? []) : parsed;
}
