import type { FileReader } from './file-reader.js';

/** Some forty compressed pages. */
const WINDOW_BYTES = 64 << 10;

/**
 * Reads of a file that often go on where the last one ended: then a window of it is read at once, else no more than is
 * asked for. The bytes are a view of the window; to be kept for long they are to be copied.
 */
export function readAhead(file: FileReader): (offset: number, length: number) => Uint8Array {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  let lastEnd = -1;
  return (offset, length) => {
    const goesOn = offset === lastEnd;
    lastEnd = offset + length;
    if (offset < start || lastEnd > start + window.length) {
      window = file.read(offset, goesOn ? Math.max(length, WINDOW_BYTES) : length);
      start = offset;
    }
    return window.subarray(offset - start, lastEnd - start);
  };
}
