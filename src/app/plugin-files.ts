import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configFile } from '../bytes/user-folders.js';
import { didYouMean } from '../words/nearest-word.js';

/**
 * The user's plugins: those of the config file, with a sentence for what is wrong with it, and those that --plugin
 * names.
 */
export function userPluginFiles(words: readonly string[]): {
  files: readonly string[];
  named: readonly string[];
  warnings: readonly string[];
  config: string;
} {
  const config = configFile();
  const { files, warnings } = configuredPlugins(config);
  const named = namedPlugins(words);
  return { files: [...new Set([...files, ...named])], named, warnings, config };
}

/** `--plugin FILE` and `--plugin=FILE`, read before the parser knows the commands that they bring. */
function namedPlugins(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  return before.flatMap((word, index) => {
    if (word.startsWith('--plugin=')) return [word.slice('--plugin='.length)];
    const next = before[index + 1];
    return word === '--plugin' && next !== undefined ? [next] : [];
  });
}

/** `{ "plugins": ["who-sleeps.ts"] }` in the user's config folder; paths are relative to it. */
function configuredPlugins(file: string): { files: string[]; warnings: string[] } {
  if (!existsSync(file)) return { files: [], warnings: [] };
  try {
    const config: unknown = JSON.parse(textOf(file));
    if (typeof config !== 'object' || config === null || Array.isArray(config))
      throw new Error('it is no object: { "plugins": [ … ] }');
    const listed = 'plugins' in config ? config.plugins : [];
    if (!Array.isArray(listed) || !listed.every((path) => typeof path === 'string'))
      throw new Error('"plugins" is not a list of paths');
    return { files: listed.map((path) => resolve(dirname(file), path)), warnings: unknownKeys(file, config) };
  } catch (error) {
    return { files: [], warnings: [`${file} is ignored: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** A list of paths has no more. */
const LARGEST_CONFIG = 1 << 20;

/** Reading a pipe may never end, and /dev/zero has no end. */
function textOf(file: string): string {
  const there = statSync(file);
  if (there.isDirectory()) throw new Error('it is a folder');
  if (!there.isFile()) throw new Error('it is no regular file');
  if (there.size > LARGEST_CONFIG) throw new Error(`it has ${there.size} bytes, more than a list of plugins needs`);
  return readFileSync(file, 'utf8');
}

function unknownKeys(file: string, config: object): string[] {
  return Object.keys(config)
    .filter((key) => key !== 'plugins')
    .map(
      (key) =>
        `${file}: "${key}" is ignored, there is no such key${didYouMean(key, ['plugins']) || '; there is plugins'}`,
    );
}
