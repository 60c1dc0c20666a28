import { existsSync, readFileSync } from 'node:fs';
import type { CommandsHelp } from './help-data.js';
import { userPluginFiles } from '../app/plugin-files.js';
import { print } from './standard-output.js';

/** The columns that the build made the texts for. */
export const builtColumns = 80;

/**
 * What the build left beside the code; undefined where it was not built, or where users' plugins have commands of their
 * own.
 */
export function builtHelp(words: readonly string[]): CommandsHelp | undefined {
  const file = new URL('commands.json', import.meta.url);
  if (userPluginFiles(words).files.length > 0 || !existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as CommandsHelp;
}

/** Shows the help on a command as the build has it; false where it has none, or the terminal is narrower. */
export function showBuiltHelp(words: readonly string[]): boolean {
  const [word = ''] = words;
  const built = builtHelp(words);
  const text = built !== undefined && Object.hasOwn(built, word) ? built[word]!.text : undefined;
  if (text === undefined || (process.stdout.columns ?? builtColumns) < builtColumns) return false;
  print(text);
  return true;
}
