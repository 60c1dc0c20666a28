import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { loadPlugins } from '../plugin/load-plugin.js';
import { createRegistry, type BundledPlugin, type Registry } from '../plugin/registry.js';
import { oneLine } from '../report/escape.js';
import { userPluginFiles } from './plugin-files.js';

/** The module with the bundled plugins' list; a worker imports it by this address. */
export const bundledModule = (): string => pathToFileURL(createRequire(import.meta.url).resolve('#bundled-plugins')).href;

export interface Plugins {
  registry: Registry;
  /** Files of the user's plugins that did load. */
  files: readonly string[];
}

/** Commands that no plugin makes. */
const reservedIds: ReadonlySet<string> = new Set(['analyze', 'explain', 'tui', 'info', 'read', 'rd', 'list', 'struct', 'sym', 'completion', 'help']);

let loading: Promise<Plugins> | undefined;

/** The bundled plugins and those named by --plugin or in the config file; loaded once. What is wrong is one line on stderr. */
export function plugins(): Promise<Plugins> {
  loading ??= loadAll(process.argv.slice(2));
  return loading;
}

async function loadAll(words: readonly string[]): Promise<Plugins> {
  const { bundledPlugins } = await import('../../plugins/index.js') as { bundledPlugins: readonly BundledPlugin[] };
  const named = userPluginFiles(words);
  const { loaded, warnings } = named.files.length === 0 ? { loaded: [], warnings: [] } : await loadPlugins(named.files);
  const free = loaded.filter(({ plugin }) => !reservedIds.has(plugin.id));
  const registry = createRegistry(bundledPlugins, free);
  const reserved = loaded.filter((one) => !free.includes(one)).map(({ plugin, path }) => `plugin ${path} is left out: ${plugin.id} is a command of oompm's own`);
  for (const warning of [...named.warnings, ...warnings, ...reserved, ...registry.warnings]) process.stderr.write(`oompm: ${oneLine(warning)}\n`);
  return { registry, files: free.map(({ path }) => path) };
}
