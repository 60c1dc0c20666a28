import { existsSync } from 'node:fs';
import { Errors, run } from '@oclif/core';
import { InputError } from '../bytes/input-error.js';
import { oneLine } from '../report/escape.js';
import { endProgress } from './progress.js';
import { reportBug } from './report-bug.js';

/** Runs a command line; sets the exit code (0 answered, 1 a bug of ours, 2 the user's input) and never throws. */
export async function runMain(words: string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  try {
    await run(words, import.meta.url);
  } catch (error) {
    endProgress();
    process.exitCode = explain(error, words);
  }
}

/** A reader that went away (`oompm … | head`) is no error. */
function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}

/** Says what went wrong on stderr; @returns the exit code. */
function explain(error: unknown, words: readonly string[]): number {
  if (error instanceof Errors.ExitError) return error.oclif.exit ?? 0;
  if (error instanceof InputError) return say(oneLine(error.message));
  if (error instanceof Errors.CLIError) return say(notFound(error.message, words) ?? parseMistake(error.message));
  return reportBug(error);
}

function say(sentence: string): 2 {
  process.stderr.write(`oompm: ${sentence}\n`);
  return 2;
}

function notFound(message: string, [word = '', ...rest]: readonly string[]): string | undefined {
  if (!/^command .* not found$/.test(message)) return undefined;
  const hint = existsSync(word) ? `to analyze a dump: oompm analyze ${[word, ...rest].join(' ')}` : 'oompm --help lists the commands';
  return oneLine(`there is no command ${word}; ${hint}`);
}

/** oclif's own messages are a fact and further lines; here on one line, without colours. */
function parseMistake(message: string): string {
  // oxlint-disable-next-line no-control-regex
  const lines = message.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n').filter((line) => line.trim() !== '');
  return oneLine(lines.map((line) => line.trim()).join('; ')).replace(/^./, (letter) => letter.toLowerCase());
}
