import { surroundingsInWords } from '../bytes/surroundings-error.js';
import { exitStatus } from './exit-status.js';
import { notWritten } from './standard-output.js';

/** A reader that went away (`oompm … | head`) is no error; a full disk is one of the machine. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitStatus.answered);
    const reason = surroundingsInWords(error);
    if (reason === undefined) throw error;
    process.stderr.write(`oompm: ${notWritten(reason)}\n`);
    process.exit(exitStatus.surroundings);
  });
  // Nobody is left to be told, and the exit status still tells how it went.
  process.stderr.on('error', () => undefined);
}
