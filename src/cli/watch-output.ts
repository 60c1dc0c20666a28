import { surroundingsInWords } from '../bytes/surroundings-error.js';
import { exitStatus } from './exit-status.js';

/** A reader that went away (`oompm … | head`) is no error; a full disk is one of the machine. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitStatus.answered);
      const reason = surroundingsInWords(error);
      if (reason === undefined) throw error;
      if (stream === process.stdout) process.stderr.write(`oompm: The report can't be written to standard output: ${reason}.\n`);
      process.exit(exitStatus.surroundings);
    });
  }
}
