import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configFile } from '../bytes/user-folders.js';

/** The user's plugins: those of the config file, with a sentence for what is wrong with it, and those that --plugin names. */
export function userPluginFiles(words: readonly string[]): { files: readonly string[]; named: readonly string[]; warnings: readonly string[]; config: string } {
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
    const config = JSON.parse(readFileSync(file, 'utf8')) as { plugins?: unknown } | null;
    const listed = config?.plugins ?? [];
    if (!Array.isArray(listed) || !listed.every((path) => typeof path === 'string')) throw new Error('"plugins" is not a list of paths');
    return { files: listed.map((path) => resolve(dirname(file), path)), warnings: [] };
  } catch (error) {
    return { files: [], warnings: [`${file} is ignored: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
