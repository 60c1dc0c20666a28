import { InputError } from './input-error.js';

/**
 * What was asked for is right, and the machine that oompm runs on can't do it: a full disk, a folder that can't be
 * written to, no file handles. Also one sentence, but another exit status: it may work elsewhere, or later.
 */
export class SurroundingsError extends InputError {
  override name = 'SurroundingsError';
}

/** What the system's error codes mean, where they speak of the machine and not of the path. */
const ofTheMachine: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed here',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENOMEM: 'this machine has no memory left',
  ERR_MEMORY_ALLOCATION_FAILED: 'this machine has no memory left',
  EIO: 'the device reports an input/output error',
  ESTALE: 'the network file system has lost the file',
  ETIMEDOUT: 'the network file system does not answer',
};

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What is wrong with the machine, where an error speaks of that. */
export function surroundingsInWords(error: unknown): string | undefined {
  // V8's own words: they have no code.
  if (error instanceof RangeError && error.message.startsWith('Array buffer allocation failed'))
    return 'this process may have no more memory (ulimit -v)';
  return ofTheMachine[errorCode(error)];
}
