import { wrap } from '../report/lay-out-table.js';
import { CommandHelp } from '@oclif/core/help';
import type { Command } from '@oclif/core/command';
import { exitStatusHelp } from './exit-status.js';
import type { HelpData } from './help-data.js';
import { leanConfig } from './lean-config.js';
import { print } from './standard-output.js';

/** Help on one command, on standard output. */
export function showCommandHelp(command: HelpData): void {
  print(commandHelp(command, Math.max(60, Math.min(process.stdout.columns || 80, 100))));
}

export function commandHelp(command: HelpData, width: number): string {
  const help = new ExamplesFirstHelp(loadable(command), leanConfig(), { maxWidth: width });
  return `${wrap(command.summary, width).join('\n')}\n\n${help.generate()}\n\n${exitStatusHelp()}`;
}

/** Flags and arguments with their names in them, as oclif's help wants them. */
function loadable({ id, usage, examples, flags, args }: HelpData): Command.Loadable {
  const named = <T extends object>(declared: Readonly<Record<string, T>>): Record<string, T & { name: string }> =>
    Object.fromEntries(Object.entries(declared).map(([name, one]) => [name, { ...one, name }]));
  const shape = {
    id,
    usage,
    examples,
    strict: true,
    aliases: [],
    hiddenAliases: [],
    hidden: false,
    flags: named(flags),
    args: named(args),
  };
  return shape as unknown as Command.Loadable;
}

/** Help that starts with examples. */
class ExamplesFirstHelp extends CommandHelp {
  /** Without the dots that oclif gives to arguments that it does not match itself. */
  protected override args(args: Parameters<CommandHelp['args']>[0]): ReturnType<CommandHelp['args']> {
    const described = args.filter(({ description }) => description !== undefined);
    return described.length === 0
      ? undefined
      : described.map(({ name, description }) => [name.toUpperCase(), description]);
  }

  /** Each is a line to be typed, a pipe too, of which oclif would not know it. */
  protected override examples(): string {
    return (this.command.examples as readonly string[]).map((line) => `$ ${line}`).join('\n');
  }

  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections().filter(({ header }) => header !== 'DESCRIPTION');
    return [
      ...sections.filter(({ header }) => header === 'EXAMPLES'),
      ...sections.filter(({ header }) => header !== 'EXAMPLES'),
    ];
  }
}
