import * as Errors from '@oclif/core/errors';
import { InputError } from '../bytes/input-error.js';
import { SurroundingsError, surroundingsInWords } from '../bytes/surroundings-error.js';
import { oneLine } from '../report/escape.js';
import { exitStatus, type ExitStatus } from './exit-status.js';
import { endProgress } from '../app/progress.js';
import { StreamIntoInput } from './stream-into-input-error.js';

/** Says on stderr what went wrong; @returns the exit status. */
export async function mistake(error: unknown, words: readonly string[]): Promise<ExitStatus> {
  endProgress();
  if (error instanceof InputError) {
    // Where it says so itself, standard error is not ours to write to.
    say(error.message, error instanceof StreamIntoInput ? error.saidOn : process.stderr);
    return error instanceof SurroundingsError ? exitStatus.surroundings : exitStatus.input;
  }
  if (error instanceof Errors.ExitError) return (error.oclif.exit ?? exitStatus.answered) as ExitStatus;
  if (error instanceof Errors.CLIError) {
    const [{ wrongWords }, { commandWords }] = await Promise.all([
      import('../app/wrong-words.js'),
      import('./command-words.js'),
    ]);
    say(wrongWords(error, (await commandWords(words))[0] ?? ''), process.stderr);
    return exitStatus.input;
  }
  const machine = surroundingsInWords(error);
  if (machine !== undefined && error instanceof Error) {
    say(`${error.message}: ${machine}.`, process.stderr);
    return exitStatus.surroundings;
  }
  const { reportBug } = await import('./report-bug.js');
  return reportBug(error);
}

function say(sentence: string, on: NodeJS.WriteStream | undefined): void {
  on?.write(`oompm: ${oneLine(sentence)}\n`);
}
