import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { size } from '../words/quantity.js';
import { didYouMean } from '../words/nearest-word.js';
import { makeFolder } from '../bytes/make-folder.js';
import { surroundingsInWords } from '../bytes/surroundings-error.js';
import { cacheFolder } from '../bytes/user-folders.js';
import { BadDeclaration } from './check-definition.js';
import { describe, shortSentence } from './check-form.js';
import { doorNames, doors } from './doors.js';
import { definePlugin, isPlugin, pluginApi, type Plugin, type UsersPlugin } from './define-plugin.js';

class NoPlugin extends Error {}

const largestSource = 16 << 20;

/**
 * Loads a user's plugin, .ts or .js, without a build step, in a worker: at its top level it may do anything.
 * @throws what `inOneSentence` tells: the file is not there, does not compile, or is no plugin
 */
export async function loadPlugin(path: string): Promise<Plugin> {
  const file = resolve(path);
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) throw new NoPlugin('there is no such file');
  if (there.isDirectory()) throw new NoPlugin('it is a folder; name a file in it');
  // Reading a pipe may never end, and /dev/zero has no end.
  if (!there.isFile()) throw new NoPlugin('it is no regular file');
  if (there.size > largestSource)
    throw new NoPlugin(`it has ${size(there.size)}: a plugin's source has at most ${size(largestSource)}`);
  return asPlugin(await importer()(file));
}

/** The plugin that a module exports by default, made here or written as a plain object. */
function asPlugin(module: unknown): Plugin {
  const exported = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (exported === undefined) throw new NoPlugin('it has no default export');
  if (typeof exported !== 'object' || exported === null)
    throw new NoPlugin('its default export is no plugin: write export default definePlugin({ … })');
  const api = 'api' in exported ? exported.api : pluginApi;
  if (api !== pluginApi)
    throw new NoPlugin(
      `it was written for version ${String(api)} of the plugin interface; this oompm has version ${pluginApi}`,
    );
  return isPlugin(exported) ? exported : definePlugin(exported as Parameters<typeof definePlugin>[0]);
}

/** What of a plugin crosses to other threads. */
export function declarationOf(plugin: Plugin, path: string): UsersPlugin {
  const { api, id, summary, flags, arguments: args, inReport, examples } = plugin;
  return {
    api,
    id,
    summary,
    flags,
    arguments: args,
    inReport,
    examples,
    path,
    explains: plugin.explain !== undefined,
    modules: loadedModules(),
  };
}

/** What jiti has loaded is kept where Node keeps what was required. */
function loadedModules(): string[] {
  return Object.keys(createRequire(import.meta.url).cache);
}

type Importer = (file: string) => Promise<unknown>;
let made: Importer | undefined;

/** jiti is loaded once, and only where a user has a plugin: it and the door 'oompm' cost some 100 ms. */
export function importer(): Importer {
  made ??= makeImporter();
  return made;
}

function makeImporter(): Importer {
  const { createJiti } = createRequire(import.meta.url)('jiti') as typeof import('jiti');
  const virtualModules = doors();
  // Natively imported, a plugin's own `import 'oompm'` would find another copy of our classes, or none.
  const importWith =
    (fsCache: string | false): Importer =>
    (file) =>
      createJiti(import.meta.url, { virtualModules, tryNative: false, fsCache }).import(file);
  const importKept = importWith(compiledPlugins() ?? false);
  return async (file) => {
    try {
      return await importKept(file);
    } catch (error) {
      // A disk that is full keeps jiti from keeping, and should not keep a plugin from running.
      if (surroundingsInWords(error) === undefined) throw error;
      return importWith(false)(file);
    }
  };
}

/** undefined where there can be none. */
function compiledPlugins(): string | undefined {
  const folder = cacheFolder('plugins');
  try {
    makeFolder(folder);
    return folder;
  } catch {
    return undefined;
  }
}

/** What kept a file from serving, with the line where there is one. */
export function inOneSentence(error: unknown, path: string): string {
  return shortSentence(whyNot(error, path));
}

function whyNot(error: unknown, path: string): string {
  if (error instanceof BadDeclaration || error instanceof NoPlugin) return error.message;
  if (!(error instanceof Error)) return `it threw ${describe(error)} while it was loaded`;
  const [message = '', second = ''] = error.message.split('\n');
  const [, door] = /^Cannot find module '(oompm\/[^']*)'/.exec(message) ?? [];
  if (door !== undefined) return `${noDoor(door)}${placeOf(error, path)}`;
  const [, said] = /^ParseError: (.*?)\.?\s*$/.exec(message) ?? [];
  const [, file = path, line, column] = /^\s*(.+):(\d+):(\d+)$/.exec(second) ?? [];
  // Babel counts columns from 0.
  if (said !== undefined)
    return `syntax error in ${nameFrom(file, path)}line ${line}, column ${Number(column) + 1}: ${said}`;
  return `${error.name === 'Error' ? '' : `${error.name}: `}${message}${placeOf(error, path)}`;
}

function noDoor(door: string): string {
  const names = doorNames();
  return `there is no ${door}${didYouMean(door, names) || `; there are ${names.join(', ')}`}`;
}

/** The uppermost line of the stack that is the user's: neither Node's nor the importer's. */
function placeOf(error: Error, path: string): string {
  for (const frame of error.stack?.split('\n') ?? []) {
    const [, file, line] = /^\s+at (?:.*\()?(?:file:\/\/)?(\/.*?):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (file !== undefined && dirname(file).startsWith(dirname(resolve(path))))
      return ` (${nameFrom(file, path)}line ${line})`;
  }
  return '';
}

/** Nothing for the plugin's own file, which is named already. */
function nameFrom(file: string, path: string): string {
  return file === resolve(path) ? '' : `${relative(dirname(resolve(path)), file)}, `;
}
