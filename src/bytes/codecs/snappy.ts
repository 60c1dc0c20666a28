import { CodecError } from './codec-error.js';
import { copyLiterals, copyMatch } from './copy.js';

/** A raw Snappy block (no framing), as google/snappy's format_description.txt has it. */
export function decodeSnappy(source: Uint8Array, target: Uint8Array): number {
  const end = source.length;
  let ip = 0;
  let announced = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = source[ip++];
    if (byte === undefined || shift > 28) throw new CodecError('snappy: broken length');
    announced += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (announced > target.length) throw new CodecError(`snappy: announces ${announced} bytes where ${target.length} fit`);

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
        for (let i = 0; i < extra; i++) length += source[ip + i]! * 2 ** (8 * i);
        ip += extra;
      }
      if (ip + length > end || op + length > announced) throw new CodecError('snappy: literals reach beyond the block');
      copyLiterals(source, ip, target, op, length);
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
      if (kind === 3) distance += source[ip + 2]! * 2 ** 16 + source[ip + 3]! * 2 ** 24;
      ip += bytes;
    }
    if (distance === 0 || distance > op) throw new CodecError('snappy: a match reaches back before the block');
    if (op + length > announced) throw new CodecError('snappy: a match reaches beyond the block');
    copyMatch(target, op, distance, length);
    op += length;
  }
  if (op !== announced) throw new CodecError(`snappy: gives ${op} bytes and announces ${announced}`);
  return op;
}
