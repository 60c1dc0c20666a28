import type { Command } from '@oclif/core';
import { plugins } from './plugins.js';

type Commands = Record<string, typeof Command>;

/**
 * The commands that a command line may mean, for oclif. Modules are imported as far as they are needed: only where help or
 * completion is asked for, or a word is unknown, all of them.
 */
export async function commandsFor(words: readonly string[]): Promise<Commands> {
  const word = words.find((candidate) => !candidate.startsWith('-'));
  const make = word === undefined ? undefined : ours[word];
  if (word !== undefined && make !== undefined && word !== 'completion') return { [word]: await make() };
  const { registry } = await plugins();
  const { pluginCommand } = await import('./plugin-command.js');
  const plugin = word === undefined ? undefined : await registry.load(word);
  if (plugin !== undefined) return { [plugin.id]: pluginCommand(plugin) };
  const [own, all] = await Promise.all([
    Promise.all(Object.entries(ours).map(async ([id, load]) => [id, await load()] as const)),
    registry.all(),
  ]);
  return Object.fromEntries([...own, ...all.map((loaded) => [loaded.id, pluginCommand(loaded)] as const)]);
}

/** Commands that no plugin makes. */
const ours: Readonly<Record<string, () => Promise<typeof Command>>> = {
  analyze: async () => (await import('./analyze.js')).Analyze,
  explain: async () => (await import('./explain.js')).Explain,
  tui: async () => (await import('./tui.js')).Tui,
  info: async () => ourPlugin((await import('./info-plugin.js')).infoPlugin),
  read: async () => ourPlugin((await import('./read-plugin.js')).readPlugin),
  list: async () => ourPlugin((await import('./list-plugin.js')).listPlugin),
  rd: async () => ourPlugin((await import('./read-plugin.js')).readPlugin, true),
  struct: async () => ourPlugin((await import('./struct-plugin.js')).structPlugin),
  sym: async () => ourPlugin((await import('./sym-plugin.js')).symPlugin),
  completion: async () => (await import('./completion.js')).Completion,
};

async function ourPlugin(plugin: Parameters<typeof import('./plugin-command.js').pluginCommand>[0], hidden = false): Promise<typeof Command> {
  const { pluginCommand } = await import('./plugin-command.js');
  const command = pluginCommand(plugin);
  command.hidden = hidden;
  return command;
}

/** What package.json names as the place of the commands. */
export const COMMANDS = await commandsFor(process.argv.slice(2));
