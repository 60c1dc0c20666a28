import type { Command } from '@oclif/core/command';
import { defined } from '../words/defined.js';

/** What the help on a command is made of: plain data, so that the build can keep it. */
export interface HelpData {
  id: string;
  summary: string;
  usage: readonly string[];
  examples: readonly string[];
  args: Readonly<Record<string, { description: string; options?: readonly string[] }>>;
  flags: Readonly<Record<string, FlagHelp>>;
  hidden?: true;
  /** As it is shown on 80 columns, from the build. */
  text?: string;
}

export interface FlagHelp {
  type: 'boolean' | 'option';
  summary: string;
  char?: string;
  options?: readonly string[];
  default?: string | number;
  helpValue?: string;
  helpGroup?: string;
  allowNo?: boolean;
  multiple?: boolean;
}

/** By the word that calls them, the hidden ones too. */
export type CommandsHelp = Readonly<Record<string, HelpData>>;

export function helpOf({ id, summary = '', usage, examples, args, flags }: typeof Command): HelpData {
  return {
    id,
    summary,
    usage: [usage ?? []].flat(),
    examples: (examples ?? []).map((example) => (typeof example === 'string' ? example : example.command)),
    args: Object.fromEntries(
      Object.entries(args ?? {}).map(([name, { description = '', options }]) => [
        name,
        { description, ...defined({ options }) },
      ]),
    ),
    flags: Object.fromEntries(Object.entries(flags ?? {}).map(([name, flag]) => [name, flagHelp(flag)])),
  };
}

function flagHelp(flag: NonNullable<typeof Command.flags>[string]): FlagHelp {
  const shared = {
    summary: flag.summary ?? '',
    ...defined({ char: flag.char, helpGroup: flag.helpGroup }),
  };
  if (flag.type === 'boolean') return { type: 'boolean', ...shared, ...(flag.allowNo ? { allowNo: true } : {}) };
  const byDefault: unknown = flag.default;
  return {
    type: 'option',
    ...shared,
    ...defined({ options: flag.options }),
    ...(typeof byDefault === 'string' || typeof byDefault === 'number' ? { default: byDefault } : {}),
    ...(typeof flag.helpValue === 'string' ? { helpValue: flag.helpValue } : {}),
    ...(flag.multiple ? { multiple: true } : {}),
  };
}
