import { commandWords } from './command-words.js';
import { commandNamed } from './commands.js';
import { builtHelp, helpOf } from './help-data.js';
import { leanConfig } from './lean-config.js';

/** Runs the command of a command line, or tells of it where help is asked for. @throws InputError */
export async function runCommand(words: readonly string[]): Promise<void> {
  if (asksForHelp(words)) {
    const built = builtHelp(words);
    const [first = ''] = words;
    if (built !== undefined && Object.hasOwn(built, first)) return (await import('./help.js')).showCommandHelp(built[first]!);
  }
  const [word = '', ...rest] = await commandWords(words);
  const command = await commandNamed(word);
  // `help` behind a flag.
  if (command === undefined) return (await import('./root-help.js')).showRootHelp([word, ...rest]);
  if (asksForHelp(rest)) return (await import('./help.js')).showCommandHelp(helpOf(command));
  // What a command takes in is parsed by oclif; finding and loading it is done here.
  const Runnable = command as unknown as new (argv: readonly string[], config: ReturnType<typeof leanConfig>) => { run(): Promise<void> };
  await new Runnable(rest, leanConfig()).run();
}

/** Before a `--`, after which words are files. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}
