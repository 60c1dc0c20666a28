import * as Errors from '@oclif/core/errors';
import { InputError } from '../bytes/input-error.js';
import { SurroundingsError, surroundingsInWords } from '../bytes/surroundings-error.js';
import { oneLine } from '../report/escape.js';
import { exitStatus, type ExitStatus } from './exit-status.js';
import { endProgress } from '../app/progress.js';

/** Says on stderr what went wrong; @returns the exit status. */
export async function mistake(error: unknown, words: readonly string[]): Promise<ExitStatus> {
  endProgress();
  if (error instanceof InputError) {
    say(error.message);
    return error instanceof SurroundingsError ? exitStatus.surroundings : exitStatus.input;
  }
  if (error instanceof Errors.ExitError) return (error.oclif.exit ?? exitStatus.answered) as ExitStatus;
  if (error instanceof Errors.CLIError) {
    const [{ wrongWords }, { commandWords }] = await Promise.all([import('../app/wrong-words.js'), import('./command-words.js')]);
    say(wrongWords(error, (await commandWords(words))[0] ?? ''));
    return exitStatus.input;
  }
  const machine = surroundingsInWords(error);
  if (machine !== undefined && error instanceof Error) {
    say(`${error.message}: ${machine}.`);
    return exitStatus.surroundings;
  }
  const { reportBug } = await import('./report-bug.js');
  return reportBug(error);
}

function say(sentence: string): void {
  process.stderr.write(`oompm: ${oneLine(sentence)}\n`);
}
