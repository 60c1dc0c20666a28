import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { definePlugin, isPlugin, pluginApi, type Plugin } from './define-plugin.js';
import type { LoadedPlugin } from './registry.js';

/**
 * Loads users' plugins, .ts or .js, without a build step. A file that can't serve is left out with one sentence, and the
 * others stand.
 */
export async function loadPlugins(paths: readonly string[]): Promise<{ loaded: LoadedPlugin[]; warnings: string[] }> {
  const loaded: LoadedPlugin[] = [];
  const warnings: string[] = [];
  for (const path of paths) {
    try {
      loaded.push({ plugin: await loadPlugin(path), path });
    } catch (error) {
      warnings.push(`plugin ${path} is left out: ${firstLine(error)}`);
    }
  }
  return { loaded, warnings };
}

/** @throws Error with one sentence: the file is not there, does not compile, or is no plugin */
export async function loadPlugin(path: string): Promise<Plugin> {
  const file = resolve(path);
  if (!existsSync(file)) throw new Error('there is no such file');
  const importFile = await importer();
  return asPlugin(await importFile(file));
}

/** The plugin that a module exports by default, made here or written as a plain object. */
function asPlugin(module: unknown): Plugin {
  const exported = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (exported === undefined) throw new Error('it has no default export');
  if (typeof exported !== 'object' || exported === null) throw new Error('its default export is no plugin: write export default definePlugin({ … })');
  const api = 'api' in exported ? exported.api : pluginApi;
  if (api !== pluginApi) throw new Error(`it was written for version ${String(api)} of the plugin interface; this oompm has version ${pluginApi}`);
  return isPlugin(exported) ? exported : definePlugin(exported as Parameters<typeof definePlugin>[0]);
}

let made: Promise<(file: string) => Promise<unknown>> | undefined;

/** jiti is loaded once, and only where a user has a plugin: it and the doors together cost some 100 ms. */
function importer(): Promise<(file: string) => Promise<unknown>> {
  made ??= makeImporter();
  return made;
}

async function makeImporter(): Promise<(file: string) => Promise<unknown>> {
  const [{ createJiti }, doors] = await Promise.all([import('jiti'), publicDoors()]);
  const jiti = createJiti(import.meta.url, {
    virtualModules: doors,
    fsCache: join(envPaths('oompm', { suffix: '' }).cache, 'plugins'),
    // Natively imported, a plugin's own `import 'oompm'` would find another copy of our classes, or none.
    tryNative: false,
  });
  return (file) => jiti.import(file);
}

/**
 * The package's public doors as the running copy has them: a plugin sees the same classes as its host. 'oompm/testing' is
 * not among them: it serves a plugin's tests, which have a runner of their own.
 */
async function publicDoors(): Promise<Record<string, unknown>> {
  const [oompm, linux, oom] = await Promise.all([import('oompm'), import('oompm/linux'), import('oompm/oom')]);
  return { oompm, 'oompm/linux': linux, 'oompm/oom': oom };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? '';
}
