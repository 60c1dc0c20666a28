import { CodecError } from './codec-error.js';
import { copyLiterals, copyMatch, viewOf } from './copy.js';

/** A raw Snappy block (no framing), as google/snappy's format_description.txt has it. */
export function decodeSnappy(source: Uint8Array, target: Uint8Array): number {
  const end = source.length;
  const from = viewOf(source);
  const into = viewOf(target);
  let ip = 0;
  let announced = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = source[ip++];
    if (byte === undefined || shift > 28) throw new CodecError('snappy: broken length');
    announced |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  // Sums stay 32-bit integers, which the engine keeps in registers: what overflows is negative, and refused.
  if (announced < 0) throw new CodecError('snappy: broken length');
  if (announced > target.length)
    throw new CodecError(`snappy: announces ${announced} bytes where ${target.length} fit`);

  let op = 0;
  while (ip < end) {
    const tag = source[ip++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const extra = length - 60;
        if (ip + extra > end) throw new CodecError('snappy: ends within a tag');
        length = 1;
        for (let i = 0; i < extra; i++) length = (length + (source[ip + i]! << (8 * i))) | 0;
        ip += extra;
      }
      if (length < 1 || length > end - ip || length > announced - op)
        throw new CodecError('snappy: literals reach beyond the block');
      if (length <= 8 && ip + 8 <= end && op + 8 <= target.length) {
        // Most literals are this short, and a call is as long as the copy.
        into.setInt32(op, from.getInt32(ip, true), true);
        into.setInt32(op + 4, from.getInt32(ip + 4, true), true);
      } else {
        copyLiterals(source, from, ip, target, into, op, length);
      }
      ip += length;
      op += length;
      continue;
    }
    let length: number;
    let distance: number;
    if (kind === 1) {
      if (ip >= end) throw new CodecError('snappy: ends within a tag');
      length = ((tag >> 2) & 7) + 4;
      distance = ((tag >> 5) << 8) | source[ip++]!;
    } else {
      const bytes = kind === 2 ? 2 : 4;
      if (ip + bytes > end) throw new CodecError('snappy: ends within a tag');
      length = (tag >> 2) + 1;
      distance = source[ip]! | (source[ip + 1]! << 8);
      if (kind === 3) distance |= (source[ip + 2]! << 16) | (source[ip + 3]! << 24);
      ip += bytes;
    }
    if (distance < 1 || distance > op) throw new CodecError('snappy: a match reaches back before the block');
    if (op + length > announced) throw new CodecError('snappy: a match reaches beyond the block');
    copyMatch(target, into, op, distance, length);
    op += length;
  }
  if (op !== announced) throw new CodecError(`snappy: gives ${op} bytes and announces ${announced}`);
  return op;
}
