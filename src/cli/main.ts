import { errorCode, surroundingsInWords } from '../bytes/surroundings-error.js';
import { asksForHelp } from './asks-for-help.js';
import { exitStatus } from './exit-status.js';
import { userAgent } from '../app/package-facts.js';
import { fileBehind, print } from './standard-output.js';
import { watchOutput } from './watch-output.js';

/** Runs a command line; sets the exit status (see exit-status.ts) and never throws. */
export async function runMain(words: string[]): Promise<void> {
  watchOutput();
  try {
    await dispatch(words);
  } catch (error) {
    try {
      if (isOwnFileGone(error)) throw error;
      const { mistake } = await import('./mistake.js');
      process.exitCode = await mistake(error, words);
    } catch (again) {
      process.exitCode = notEvenThat(again);
    }
  }
}

/**
 * Where there are no file handles, our own files can't be opened either; and a new build or version may take them away
 * from under a run. @throws what is no fault of the machine
 */
function notEvenThat(error: unknown): number {
  const machine = surroundingsInWords(error);
  if (isOwnFileGone(error))
    process.stderr.write("oompm: it can't go on: its own files were removed or replaced while it ran; run it again\n");
  else if (machine === undefined) throw error;
  else process.stderr.write(`oompm: it can't be started: ${machine}\n`);
  return exitStatus.surroundings;
}

function isOwnFileGone(error: unknown): boolean {
  if (errorCode(error) !== 'MODULE_NOT_FOUND') return false;
  const { requireStack: [by] = [] } = error as { requireStack?: readonly string[] };
  return by?.startsWith(import.meta.dirname) === true;
}

/** Imports no more than the words ask for: this is what `--version` and `--help` wait for. */
async function dispatch(given: readonly string[]): Promise<void> {
  if ([1, 2].some((fd) => fileBehind(fd) !== undefined))
    (await import('./stream-into-input.js')).refuseStreamsOf(given);
  const subject = subjectOf(given);
  const words = subject === undefined ? given : [subject, '--help'];
  const [word] = words;
  if (word !== undefined && versionWords.has(word)) {
    print(`${userAgent}\n`);
    return;
  }
  if (word === undefined || helpWords.has(word)) return (await import('./root-help.js')).showRootHelp(words);
  if (asksForHelp(words) && (await import('./built-help.js')).showBuiltHelp(words)) return;
  (await import('../app/compiled-code.js')).keepCompiledCode();
  await (await import('./run-command.js')).runCommand(words);
}

/** What `oompm help` is asked of. */
function subjectOf([word, ...rest]: readonly string[]): string | undefined {
  return word === 'help' ? rest.find((other) => !other.startsWith('-')) : undefined;
}

const versionWords: ReadonlySet<string> = new Set(['--version', '-v', '-V', 'version']);
const helpWords: ReadonlySet<string> = new Set(['--help', '-h', 'help']);
