/**
 * The 32-bit words of bytes, little endian as oompm's own machines are: many are read faster so than through a
 * DataView.
 */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  // Typed arrays start at multiples of their elements' size.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}
