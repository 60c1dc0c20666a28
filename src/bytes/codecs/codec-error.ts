/** Compressed data that does not decode; the message is the codec's own words, for a page's `damaged`. */
export class CodecError extends Error {
  override name = 'CodecError';
}

/**
 * Decodes a whole block into `target` and returns how many bytes it gave; never writes more than `target` holds.
 * @throws CodecError where the data is broken, or is more than `target` holds
 */
export type BlockDecoder = (source: Uint8Array, target: Uint8Array) => number;
