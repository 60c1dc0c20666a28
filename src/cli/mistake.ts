import * as Errors from '@oclif/core/errors';
import { InputError } from '../bytes/input-error.js';
import { oneLine } from '../report/escape.js';
import { endProgress } from './progress.js';
import { reportBug } from './report-bug.js';

/** Says on stderr what went wrong; @returns the exit code: 2 for the user's input, 1 for a bug of ours. */
export function mistake(error: unknown): number {
  endProgress();
  if (error instanceof Errors.ExitError) return error.oclif.exit ?? 0;
  if (error instanceof InputError) return say(oneLine(error.message));
  if (error instanceof Errors.CLIError) return say(parseMistake(error.message));
  return reportBug(error);
}

function say(sentence: string): 2 {
  process.stderr.write(`oompm: ${sentence}\n`);
  return 2;
}

/** oclif's own messages are a fact and further lines; here on one line, without colours. */
function parseMistake(message: string): string {
  // oxlint-disable-next-line no-control-regex
  const lines = message.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n').filter((line) => line.trim() !== '');
  return oneLine(lines.map((line) => line.trim()).join('; ')).replace(/^./, (letter) => letter.toLowerCase());
}
