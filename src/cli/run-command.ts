import { asksForHelp } from './asks-for-help.js';
import { commandWords } from './command-words.js';
import { commandNamed } from './commands.js';
import { helpOf } from './help-data.js';
import { leanConfig } from './lean-config.js';

/** Runs the command of a command line, or tells of it where help is asked for. @throws InputError */
export async function runCommand(words: readonly string[]): Promise<void> {
  const [word = '', ...rest] = await commandWords(words);
  const command = await commandNamed(word);
  // `help` behind a flag.
  if (command === undefined) return (await import('./root-help.js')).showRootHelp([word, ...rest]);
  if (asksForHelp(rest)) return (await import('./help.js')).showCommandHelp(helpOf(command));
  (await import('../app/wrong-words.js')).refuseValues(word, command.flags ?? {}, rest);
  // What a command takes in is parsed by oclif; finding and loading it is done here.
  const Runnable = command as unknown as new (
    argv: readonly string[],
    config: ReturnType<typeof leanConfig>,
  ) => { run(): Promise<void> };
  await new Runnable(rest, leanConfig()).run();
}
