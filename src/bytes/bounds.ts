import { size } from '../words/quantity.js';
import type { FileReader } from './file-reader.js';
import { InputError } from './input-error.js';

/** A file system that packs, or a copy without its zeros, may store a dump in this part of its length. */
const LEAST_STORED = 1 / 64;
const ALWAYS_READ = 64 << 20;

/**
 * How many bytes of a table, or of a search, are read at most: by what the file holds, since reading its holes takes
 * time all the same.
 */
export function readableBytes(file: FileReader): number {
  return Math.min(file.size, ALWAYS_READ + file.held / LEAST_STORED);
}

/**
 * To be asked before a table of the file is read.
 * @throws InputError where what the file has of it can only consist of holes
 */
export function refuseTableOfHoles(path: string, file: FileReader, what: string, offset: number, bytes: number): void {
  if (Math.min(bytes, file.size - offset) <= readableBytes(file)) return;
  throw new InputError(
    `${path} states ${what} of ${size(bytes)}, and holds ${size(file.held)} in all: it is damaged; copy it again, or take it from where it was made.`,
  );
}

/**
 * A count that a file states, where it can be right. Holes cost a file nothing, so its length does not bound what it
 * states: `most` is what no machine or build exceeds, and what can be read in seconds.
 * @param what the things counted, in the plural
 * @throws InputError where it is more
 */
export function boundedCount(path: string, count: number, what: string, most: number): number {
  if (count <= most) return count;
  throw new InputError(
    `${path} states ${count} ${what}, and more than ${most} are not read: it is damaged; copy it again, or take it from where it was made.`,
  );
}
