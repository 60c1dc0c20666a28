import { createRequire } from 'node:module';
import { InputError } from '../bytes/input-error.js';
import { createRegistry, type BundledPlugin, type Registry } from '../plugin/registry.js';
import type { RefusedPlugin, Runner } from '../plugin/start-runner.js';
import { oneLine } from '../report/escape.js';
import { reservedIds } from './command-ids.js';
import { userPluginFiles } from './plugin-files.js';
import { endProgress } from './progress.js';

/** The file with the bundled plugins' list, for workers. */
export const bundledModule = (): string => createRequire(import.meta.url).resolve('#bundled-plugins');

export interface Plugins {
  registry: Registry;
  /** Runs the user's plugins; undefined where there are none. */
  runner: Runner | undefined;
  /** Files of those that did load. */
  files: readonly string[];
  /** What was said of the others on stderr. */
  warnings: readonly string[];
}

export async function bundledPlugins(): Promise<readonly BundledPlugin[]> {
  return ((await import('../../plugins/index.js')) as { bundledPlugins: readonly BundledPlugin[] }).bundledPlugins;
}

let loading: Promise<Plugins> | undefined;
let modules: readonly string[] = [];

/** The files that the user's plugins are made of, as far as they have been loaded. */
export function pluginModules(): readonly string[] {
  return modules;
}

/**
 * The bundled plugins and those named by --plugin or in the config file; loaded once. What is wrong with one of the
 * config file is a line on stderr: it is always there, and rarely what was asked for.
 * @throws InputError where one that --plugin names can't serve
 */
export function plugins(): Promise<Plugins> {
  loading ??= loadAll(process.argv.slice(2));
  return loading;
}

async function loadAll(words: readonly string[]): Promise<Plugins> {
  const { files, named, warnings } = userPluginFiles(words);
  const runner =
    files.length === 0
      ? undefined
      : (await import('../plugin/start-runner.js')).startRunner({ files }, { onPrint: printed });
  const { loaded, refused } = runner === undefined ? { loaded: [], refused: [] } : await runner.declared();
  modules = loaded.flatMap((plugin) => plugin.modules);
  const free = loaded.filter(({ id }) => !reservedIds.has(id));
  const reserved = loaded
    .filter((one) => !free.includes(one))
    .map(({ id, path }): RefusedPlugin => ({ path, reason: `${id} is a command of oompm itself` }));
  const leftOut = [...refused, ...reserved];
  const asked = leftOut.find(({ path }) => named.includes(path));
  if (asked !== undefined) throw new InputError(`--plugin ${asked.path} can't be used: ${asked.reason}`);
  const registry = createRegistry(await bundledPlugins(), free);
  const told = [
    ...warnings,
    ...leftOut.map(({ path, reason }) => `plugin ${path} is left out: ${reason}`),
    ...registry.warnings,
  ];
  for (const warning of told) process.stderr.write(`oompm: ${oneLine(warning)}\n`);
  return { registry, runner, files: free.map(({ path }) => path), warnings: told };
}

/** A plugin's console.log helps to write it; on standard output it would stand in the report. */
function printed(line: string): void {
  endProgress();
  process.stderr.write(`${oneLine(line)}\n`);
}
