import type { FileReader } from '../../bytes/file-reader.js';

const CHUNK = 1 << 20;

/** A file's bytes in pieces. */
export function* chunksOf(file: FileReader): Generator<Uint8Array> {
  for (let at = 0; at < file.size;) {
    const chunk = file.read(at, CHUNK);
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}
