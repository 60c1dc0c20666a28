import type { Command } from '@oclif/core/command';
import { builtColumns } from './built-help.js';
import { aliases, type OwnCommand } from '../app/command-ids.js';
import { createRegistry, type Registry } from '../plugin/registry.js';
import { helpOf, type CommandsHelp } from './help-data.js';
import { bundledPlugins, plugins } from '../app/plugins.js';

/** The command of that name; only what it needs is imported. */
export async function commandNamed(word: string): Promise<typeof Command | undefined> {
  if (isOurs(word)) return ours[word]();
  const { registry } = await plugins();
  const plugin = await registry.load(Object.hasOwn(aliases, word) ? aliases[word]! : word);
  return plugin === undefined ? undefined : (await import('./plugin-command.js')).pluginCommand(plugin);
}

/** The help on all of them by the word that calls them: of those that there are now, or of those that oompm brings. */
export async function commandsHelp(given?: Registry): Promise<CommandsHelp> {
  const registry = given ?? (await plugins()).registry;
  const [{ pluginCommand }, own, loaded] = await Promise.all([
    import('./plugin-command.js'),
    Promise.all(Object.entries(ours).map(async ([word, load]) => [word, helpOf(await load())] as const)),
    registry.all(),
  ]);
  const help: CommandsHelp = Object.fromEntries([
    ...own,
    ...loaded.map((plugin) => [plugin.id, helpOf(pluginCommand(plugin))] as const),
  ]);
  const hidden = Object.entries(aliases).map(([word, id]) => [word, { ...help[id]!, hidden: true }] as const);
  return { ...help, ...Object.fromEntries(hidden) };
}

/** For the build, which keeps it beside the code: whatever plugins the one who builds has. */
export async function bundledHelp(): Promise<CommandsHelp> {
  const [{ commandHelp }, help] = await Promise.all([
    import('./help.js'),
    bundledPlugins().then((bundled) => commandsHelp(createRegistry(bundled, []))),
  ]);
  return Object.fromEntries(
    Object.entries(help).map(([word, command]) => [word, { ...command, text: commandHelp(command, builtColumns) }]),
  );
}

/** Commands that no plugin makes. */
const ours: Readonly<Record<OwnCommand, () => Promise<typeof Command>>> = {
  analyze: async () => (await import('./analyze.js')).Analyze,
  explain: async () => (await import('./explain.js')).Explain,
  tui: async () => (await import('./tui.js')).Tui,
  man: async () => (await import('./man.js')).Man,
  completion: async () => (await import('./completion.js')).completionCommand(commandsHelp),
};

function isOurs(word: string): word is OwnCommand {
  return Object.hasOwn(ours, word);
}
