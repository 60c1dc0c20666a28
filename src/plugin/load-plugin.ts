import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { doors } from './doors.js';
import { definePlugin, isPlugin, pluginApi, type Plugin } from './define-plugin.js';
import type { LoadedPlugin } from './registry.js';

/** A file that can't serve, and why. */
export interface RefusedPlugin {
  path: string;
  reason: string;
}

/** Loads users' plugins, .ts or .js, without a build step. A file that can't serve does not keep the others from it. */
export async function loadPlugins(paths: readonly string[]): Promise<{ loaded: LoadedPlugin[]; refused: RefusedPlugin[] }> {
  const loaded: LoadedPlugin[] = [];
  const refused: RefusedPlugin[] = [];
  for (const path of paths) {
    try {
      loaded.push({ plugin: await loadPlugin(path), path });
    } catch (error) {
      refused.push({ path, reason: firstLine(error) });
    }
  }
  return { loaded, refused };
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
  const [{ createJiti }, virtualModules] = await Promise.all([import('jiti'), openedDoors()]);
  const jiti = createJiti(import.meta.url, {
    virtualModules,
    fsCache: join(envPaths('oompm', { suffix: '' }).cache, 'plugins'),
    // Natively imported, a plugin's own `import 'oompm'` would find another copy of our classes, or none.
    tryNative: false,
  });
  return (file) => jiti.import(file);
}

async function openedDoors(): Promise<Record<string, object>> {
  return Object.fromEntries(await Promise.all(Object.entries(doors).map(async ([name, open]) => [name, await open()] as const)));
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? '';
}
