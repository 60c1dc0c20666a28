import type { Command } from '@oclif/core/command';
import type { OwnCommand } from './command-ids.js';
import { plugins } from './plugins.js';
import type { CommandSummary } from './root-help.js';

/** The command of that name; only what it needs is imported. */
export async function commandNamed(word: string): Promise<typeof Command | undefined> {
  if (isOurs(word)) return ours[word]();
  const { registry } = await plugins();
  const plugin = await registry.load(word);
  return plugin === undefined ? undefined : (await import('./plugin-command.js')).pluginCommand(plugin);
}

/** All that are not hidden, by name. */
export async function allCommands(): Promise<(typeof Command)[]> {
  const [{ registry }, { pluginCommand }] = await Promise.all([plugins(), import('./plugin-command.js')]);
  const [own, loaded] = await Promise.all([Promise.all(Object.values(ours).map((load) => load())), registry.all()]);
  return [...own.filter(({ hidden }) => !hidden), ...loaded.map(pluginCommand)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the list of commands in `--help` shows; the build keeps it beside the code. */
export async function commandSummaries(): Promise<CommandSummary[]> {
  const commands = await allCommands();
  return [...commands.map(({ id, summary = '' }) => ({ id, summary })), { id: 'help', summary: 'This help, or that of one command' }].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Commands that no plugin makes. */
const ours: Readonly<Record<OwnCommand, () => Promise<typeof Command>>> = {
  analyze: async () => (await import('./analyze.js')).Analyze,
  explain: async () => (await import('./explain.js')).Explain,
  tui: async () => (await import('./tui.js')).Tui,
  info: async () => ourPlugin((await import('./info-plugin.js')).infoPlugin),
  read: async () => ourPlugin((await import('./read-plugin.js')).readPlugin),
  list: async () => ourPlugin((await import('./list-plugin.js')).listPlugin),
  rd: async () => ourPlugin((await import('./read-plugin.js')).readPlugin, true),
  struct: async () => ourPlugin((await import('./struct-plugin.js')).structPlugin),
  sym: async () => ourPlugin((await import('./sym-plugin.js')).symPlugin),
  completion: async () => (await import('./completion.js')).completionCommand(allCommands),
};

function isOurs(word: string): word is OwnCommand {
  return Object.hasOwn(ours, word);
}

async function ourPlugin(plugin: Parameters<typeof import('./plugin-command.js').pluginCommand>[0], hidden = false): Promise<typeof Command> {
  const { pluginCommand } = await import('./plugin-command.js');
  const command = pluginCommand(plugin);
  command.hidden = hidden;
  return command;
}
