import { CommandHelp } from '@oclif/core/help';
import type { Command } from '@oclif/core/command';
import { exitStatusHelp } from './exit-status.js';
import { leanConfig } from './lean-config.js';

/** Help on one command, on standard output. */
export function showCommandHelp(command: typeof Command): void {
  const config = leanConfig();
  const help = new ExamplesFirstHelp(loadable(command), config, { maxWidth: Math.max(60, Math.min(process.stdout.columns || 80, 100)) });
  process.stdout.write(`${command.summary ?? ''}\n\n${help.generate()}\n\n${exitStatusHelp()}`);
}

/** Flags and arguments with their names in them, as oclif's help wants them. */
function loadable(command: typeof Command): Command.Loadable {
  const named = <T extends object>(declared: Record<string, T> | undefined): Record<string, T & { name: string }> =>
    Object.fromEntries(Object.entries(declared ?? {}).map(([name, one]) => [name, { ...one, name }]));
  const shape = { id: command.id, usage: command.usage, examples: command.examples, strict: command.strict, aliases: [], hiddenAliases: [], hidden: false, flags: named(command.flags), args: named(command.args) };
  return shape as unknown as Command.Loadable;
}

/** Help that starts with examples. */
class ExamplesFirstHelp extends CommandHelp {
  /** Without the dots that oclif gives to arguments that it does not match itself. */
  protected override args(args: Parameters<CommandHelp['args']>[0]): ReturnType<CommandHelp['args']> {
    const described = args.filter(({ description }) => description !== undefined);
    return described.length === 0 ? undefined : described.map(({ name, description }) => [name.toUpperCase(), description]);
  }

  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections().filter(({ header }) => header !== 'DESCRIPTION');
    return [...sections.filter(({ header }) => header === 'EXAMPLES'), ...sections.filter(({ header }) => header !== 'EXAMPLES')];
  }
}

