import { existsSync } from 'node:fs';
import { InputError } from '../bytes/input-error.js';
import { commandNamed } from './commands.js';
import { leanConfig } from './lean-config.js';

/** Runs the command that the first word names, or tells of it where help is asked for. @throws InputError */
export async function runCommand(words: readonly string[]): Promise<void> {
  const [word = '', ...rest] = words;
  const command = await commandNamed(word);
  if (command === undefined) throw new InputError(notFound(word, rest));
  if (asksForHelp(rest)) {
    const { showCommandHelp } = await import('./help.js');
    return showCommandHelp(command);
  }
  // What a command takes in is parsed by oclif; finding and loading it is done here.
  const Runnable = command as unknown as new (argv: readonly string[], config: ReturnType<typeof leanConfig>) => { run(): Promise<void> };
  await new Runnable(rest, leanConfig()).run();
}

/** Before a `--`, after which words are files. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function notFound(word: string, rest: readonly string[]): string {
  const hint = existsSync(word) ? `to analyze a dump: oompm analyze ${[word, ...rest].join(' ')}` : 'oompm --help lists the commands';
  return `there is no command ${word}; ${hint}`;
}
