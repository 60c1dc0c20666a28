import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { loadPlugins } from '../plugin/load-plugin.js';
import { createRegistry, type BundledPlugin, type Registry } from '../plugin/registry.js';
import { oneLine } from '../report/escape.js';

/** The module with the bundled plugins' list; a worker imports it by this address. */
export const bundledModule = new URL('../../plugins/index.js', import.meta.url).href;

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
  const config = configuredPlugins();
  const named = [...config.files, ...namedPlugins(words)];
  const { loaded, warnings } = named.length === 0 ? { loaded: [], warnings: [] } : await loadPlugins([...new Set(named)]);
  const free = loaded.filter(({ plugin }) => !reservedIds.has(plugin.id));
  const registry = createRegistry(bundledPlugins, free);
  const reserved = loaded.filter((one) => !free.includes(one)).map(({ plugin, path }) => `plugin ${path} is left out: ${plugin.id} is a command of oompm's own`);
  for (const warning of [...config.warnings, ...warnings, ...reserved, ...registry.warnings]) process.stderr.write(`oompm: ${oneLine(warning)}\n`);
  return { registry, files: free.map(({ path }) => path) };
}

/** `--plugin FILE` and `--plugin=FILE`, read before the parser knows the commands that they bring. */
export function namedPlugins(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  return before.flatMap((word, index) => {
    if (word.startsWith('--plugin=')) return [word.slice('--plugin='.length)];
    const next = before[index + 1];
    return word === '--plugin' && next !== undefined ? [next] : [];
  });
}

/** `{ "plugins": ["who-sleeps.ts"] }` in the user's config folder; paths are relative to it. */
function configuredPlugins(): { files: string[]; warnings: string[] } {
  const file = join(envPaths('oompm', { suffix: '' }).config, 'config.json');
  if (!existsSync(file)) return { files: [], warnings: [] };
  try {
    const config = JSON.parse(readFileSync(file, 'utf8')) as { plugins?: unknown } | null;
    const listed = config?.plugins ?? [];
    if (!Array.isArray(listed) || !listed.every((path) => typeof path === 'string')) throw new Error('"plugins" is not a list of paths');
    return { files: listed.map((path) => resolve(dirname(file), path)), warnings: [] };
  } catch (error) {
    return { files: [], warnings: [`${file} is not heeded: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
