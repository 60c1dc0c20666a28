import { inflateSync } from 'node:zlib';

import { CodecError } from './codec-error.js';

/** A whole zlib stream (RFC 1950). */
export function decodeZlib(source: Uint8Array, target: Uint8Array): number {
  let bytes: Buffer;
  try {
    bytes = inflateSync(source, { maxOutputLength: target.length });
  } catch (error) {
    throw new CodecError(`zlib: ${error instanceof Error ? error.message : String(error)}`);
  }
  target.set(bytes);
  return bytes.length;
}
