import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { TemporaryFile } from '../bytes/temporary-file.js';

/**
 * Writes over a file that can't be replaced; where that fails, what was in it is put back. It is done at one go: a
 * signal waits for its end, since there is a temporary file.
 * @throws the system's error
 */
export function overwrite(path: string, content: TemporaryFile): void {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  try {
    const before = bytesOf(fd);
    try {
      writeOver(fd, bytesOf(content.fd));
    } catch (error) {
      writeOver(fd, before);
      throw error;
    }
  } finally {
    closeSync(fd);
  }
}

function bytesOf(fd: number): Uint8Array {
  const bytes = new Uint8Array(fstatSync(fd).size);
  let done = 0;
  while (done < bytes.length) {
    const got = readSync(fd, bytes, done, bytes.length - done, done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}

function writeOver(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, done);
  ftruncateSync(fd, bytes.length);
}
