import { endQuietlyOnBrokenPipe } from './broken-pipe.js';
import { userAgent } from './package-facts.js';

/** Runs a command line; sets the exit code (0 answered, 1 a bug of ours, 2 the user's input) and never throws. */
export async function runMain(words: string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  try {
    await dispatch(words);
  } catch (error) {
    const { mistake } = await import('./mistake.js');
    process.exitCode = mistake(error);
  }
}

/** Imports no more than the words ask for: this is what `--version` and `--help` wait for. */
async function dispatch(words: string[]): Promise<void> {
  const [word] = words;
  if (word === '--version') process.stdout.write(`${userAgent}\n`);
  else if (word === undefined || isHelp(word)) await (await import('./root-help.js')).showRootHelp(words);
  else await (await import('./run-command.js')).runCommand(words);
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h' || word === 'help';
}
