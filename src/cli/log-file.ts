import { closeSync, createReadStream, readSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { openFile, openWithoutWaiting } from '../bytes/file-reader.js';
import { packingOf, unpackedToOutput, type Packing } from '../bytes/packing.js';
import { InputError } from '../bytes/input-error.js';
import { errorCode } from '../bytes/surroundings-error.js';
import type { LogSource } from '../oom/parse/source.js';

/**
 * A log as it is, or unpacked by gzip, as logrotate leaves old ones. What the file lacks becomes a defect. @throws
 * InputError
 */
export function logFrom(path: string, defects: string[]): LogSource {
  if (path === '-') return process.stdin;
  if (isPipe(path)) return fromPipe(path);
  const { packing, isize } = endsOf(path);
  if (packing !== undefined && packing !== 'gzip')
    throw new InputError(
      `${path} is packed (${packing}); unpack it first, or: ${unpackedToOutput(path, packing)} | oompm explain -`,
    );
  return packing === 'gzip' ? unpacked(path, isize, defects) : createReadStream(path);
}

/** A FIFO, or what a shell hands over for <(…): to be read once, from its beginning. */
export function isPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO();
  } catch {
    return false; // opening it says why
  }
}

/** Opened without waiting: a FIFO that nobody writes to would hold the program for ever. */
function fromPipe(path: string): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  const fd = openWithoutWaiting(path);
  const first = Buffer.alloc(64 << 10);
  try {
    const length = readSync(fd, first);
    if (length > 0) return pieces(fd, first.subarray(0, length));
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return pieces(fd, new Uint8Array(0));
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  throw new InputError(`Cannot read ${path}: it is a pipe that nobody writes to.`);
}

async function* pieces(fd: number, first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first;
  yield* new Socket({ fd, readable: true, writable: false }) as AsyncIterable<Uint8Array>;
}

/** What can be unpacked: of a file that was cut off, all up to there. */
async function* unpacked(path: string, isize: number, defects: string[]): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    for await (const piece of createReadStream(path).pipe(
      createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
    ) as AsyncIterable<Uint8Array>) {
      length += piece.length;
      yield piece;
    }
    // Nothing is said of a missing end where all that is there is to be had; another length than the file's last word
    // is a sign of it.
    if (length % 2 ** 32 !== isize)
      await pipeline(
        createReadStream(path),
        createGunzip(),
        new Writable({ write: (_piece, _encoding, done) => done() }),
      );
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    defects.push(
      error.code === 'Z_BUF_ERROR'
        ? `${path} is cut off: its compressed data has no end; copy it again`
        : `${path} is damaged: ${error.message}; what comes after that is not read`,
    );
  }
}

/** How a file begins, and ISIZE, the length that a gzip file ends with (RFC 1952). */
function endsOf(path: string): { packing: Packing | undefined; isize: number } {
  const file = openFile(path);
  try {
    const end = file.read(Math.max(0, file.size - 4), 4);
    const isize = end.length === 4 ? new DataView(end.buffer, end.byteOffset).getUint32(0, true) : 0;
    return { packing: packingOf(file.read(0, 16)), isize };
  } finally {
    file.close();
  }
}
