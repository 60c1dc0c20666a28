import { fstatSync, writeFileSync, type BigIntStats } from 'node:fs';
import { SurroundingsError, surroundingsInWords } from '../bytes/surroundings-error.js';

/**
 * Writes to standard output. Where that is a file, Node's own stream takes a short write for a whole one: on a disk
 * that fills up the end of a report would be missing, and nothing said.
 * @returns false where it would rather have no more before it has drained
 * @throws SurroundingsError
 */
export function print(text: string): boolean {
  if (!isFile()) return process.stdout.write(text);
  try {
    writeFileSync(process.stdout.fd, Buffer.from(text));
  } catch (error) {
    const reason = surroundingsInWords(error);
    throw reason === undefined ? error : new SurroundingsError(notWritten(reason), { cause: error });
  }
  return true;
}

export function notWritten(reason: string): string {
  return `standard output can't be written: ${reason}`;
}

let known: boolean | undefined;

function isFile(): boolean {
  known ??= fstatSync(process.stdout.fd).isFile();
  return known;
}

/** The file that a descriptor leads into; undefined where that is no regular file, or has nothing to lose. */
export function fileBehind(fd: number): BigIntStats | undefined {
  try {
    const there = fstatSync(fd, { bigint: true });
    return there.isFile() && there.size > 0n ? there : undefined;
  } catch {
    return undefined; // It is closed.
  }
}
