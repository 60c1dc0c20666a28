/**
 * Valid blocks of each codec without compression: literals only, then the end. For tests: a decoder can't tell them
 * from a compressor's, and nothing here needs one.
 */

/** LZO1X: one literal run, and the end mark. */
export function lzo1xLiterals(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  if (bytes.length > 0 && bytes.length <= 238) {
    out.push(bytes.length + 17);
  } else if (bytes.length > 238) {
    out.push(0, ...lengthBytes(bytes.length - 3 - 15));
  }
  return Uint8Array.from([...out, ...bytes, 0x11, 0, 0]);
}

/** Snappy: the length, and literal elements of up to 64 KiB. */
export function snappyLiterals(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    out.push(rest < 128 ? rest : (rest % 128) | 0x80);
    if (rest < 128) break;
  }
  for (let at = 0; at < bytes.length; at += 65536) {
    const part = bytes.subarray(at, at + 65536);
    const length = part.length - 1;
    if (length < 60) out.push(length << 2);
    else out.push(61 << 2, length & 0xff, length >> 8);
    out.push(...part);
  }
  return Uint8Array.from(out);
}

/** LZ4: one sequence, literals only. */
export function lz4Literals(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length < 15 ? [length << 4] : [0xf0, ...lengthBytes255(length - 15)];
  return Uint8Array.from([...head, ...bytes]);
}

/** LZO: zero bytes count 255 each, the last byte (never zero) the rest. */
function lengthBytes(length: number): number[] {
  const zeros = Math.ceil(length / 255) - 1;
  return [...repeated(0, zeros), length - zeros * 255];
}

/** LZ4: bytes of 255, and one below. */
function lengthBytes255(length: number): number[] {
  return [...repeated(255, Math.floor(length / 255)), length % 255];
}

export function repeated(byte: number, times: number): number[] {
  return Array.from({ length: times }, () => byte);
}
