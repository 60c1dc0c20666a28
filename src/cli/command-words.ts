import { existsSync } from 'node:fs';
import { didYouMean } from '../words/nearest-word.js';
import { InputError } from '../bytes/input-error.js';
import { asksForHelp } from './asks-for-help.js';
import { aliases, reservedIds } from '../app/command-ids.js';
import { hereThatIs } from './other-tools.js';
import { plugins } from '../app/plugins.js';

/**
 * A command line with its command in front: flags that stand before it go behind it, and where there is a dump in its
 * place, the command is `analyze`.
 * @throws InputError where the word is neither a command nor a file
 */
export async function commandWords(words: readonly string[]): Promise<readonly string[]> {
  const at = await commandAt(words);
  const word = words[at];
  if (word === undefined) {
    if (asksForHelp(words) || words.length === 0) return words;
    const wrong = await wrongFlag(words, '; oompm --help lists the commands');
    if (wrong !== undefined) throw new InputError(wrong);
    // A plugin alone: its commands are listed. Else the dump is what is missing.
    return words.every((one) => !one.startsWith('-') || /^--(?:plugin|color)(?:=|$)/.test(one))
      ? words
      : ['analyze', ...words];
  }
  const inFront = [word, ...words.toSpliced(at, 1)];
  if (reservedIds.has(word)) return inFront;
  const { registry } = await plugins();
  if (registry.ids.includes(word)) return inFront;
  if (existsSync(word)) return ['analyze', ...words];
  throw new InputError((await wrongFlag(words.slice(0, at))) ?? unknownCommand(word, registry.ids));
}

/**
 * What is wrong with a flag that stands before a command, or without one: with the one that was meant, else with
 * `otherwise`.
 */
async function wrongFlag(words: readonly string[], otherwise?: string): Promise<string | undefined> {
  const { commonFlags, takesValue } = await import('../app/common-flags.js');
  const known = [...Object.keys(commonFlags), 'no-search', 'help', 'version'];
  for (const word of words) {
    const name = word.split('=', 1)[0]!.replace(/^-+/, '');
    if (!word.startsWith('-') || known.includes(name) || takesValue(word)) continue;
    const meant = didYouMean(name, known, (nearest) => `--${nearest}`) || otherwise;
    if (meant !== undefined) return `there is no flag ${word}${meant}`;
  }
  return undefined;
}

/** Where the first word stands that is neither a flag nor a flag's value. */
async function commandAt(words: readonly string[]): Promise<number> {
  if (words[0]?.startsWith('-') !== true) return 0;
  const { takesValue } = await import('../app/common-flags.js');
  let at = 0;
  while (words[at]?.startsWith('-') === true && words[at] !== '--') at += takesValue(words[at]!) ? 2 : 1;
  return at;
}

function unknownCommand(word: string, ids: readonly string[]): string {
  if (word === '') return 'an empty word is no command, nor a file; oompm --help lists the commands';
  if (/[./]/.test(word)) return `there is neither a command nor a file ${word}; oompm --help lists the commands`;
  // Commands that help does not list are not suggested either.
  const known = [...reservedIds, ...ids].filter((id) => !Object.hasOwn(aliases, id));
  return `there is no command ${word}${hereThatIs(word) || didYouMean(word, known) || `, nor a file of that name; oompm --help lists the commands`}`;
}
