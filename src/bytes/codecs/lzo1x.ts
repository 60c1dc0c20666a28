import { CodecError } from './codec-error.js';
import { copyLiterals, copyMatch, viewOf } from './copy.js';

/** What an instruction below 16 means depends on how many literals the one before it copied. */
const AFTER_LITERAL_RUN = 4;
/** A match below 16 after a literal run reaches beyond those that M2 can say. */
const M2_MAX_OFFSET = 0x800;
const M4_BASE_OFFSET = 0x4000;

/**
 * LZO1X, as Documentation/staging/lzo.rst describes the stream (version 0: without the run-length extension of zram).
 */
export function decodeLzo1x(source: Uint8Array, target: Uint8Array): number {
  const end = source.length;
  const from = viewOf(source);
  const into = viewOf(target);
  const limit = target.length;
  let ip = 0;
  let op = 0;
  let state = 0;

  const first = source[0];
  if (first === undefined) throw new CodecError('lzo: no data');
  if (first > 17) {
    const literals = first - 17;
    if (literals + 1 > end || literals > limit) throw new CodecError('lzo: literals reach beyond the block');
    copyLiterals(source, from, 1, target, into, 0, literals);
    ip = 1 + literals;
    op = literals;
    state = literals < 4 ? literals : AFTER_LITERAL_RUN;
  }

  // Each turn takes at least one byte of the source, so the loop ends.
  while (ip < end) {
    const code = source[ip++]!;
    let length: number;
    let distance: number;
    let literals: number;

    if (code >= 64) {
      if (ip >= end) break;
      length = (code >> 5) + 1;
      distance = 1 + ((code >> 2) & 7) + (source[ip++]! << 3);
      literals = code & 3;
    } else if (code >= 16) {
      const mask = code >= 32 ? 31 : 7;
      length = code & mask;
      if (length === 0) {
        length = mask;
        while (ip < end && source[ip] === 0) {
          length += 255;
          ip++;
        }
        if (ip >= end) break;
        length += source[ip++]!;
      }
      length += 2;
      if (ip + 2 > end) break;
      const low = source[ip]! | (source[ip + 1]! << 8);
      ip += 2;
      literals = low & 3;
      distance = low >> 2;
      if (code >= 32) {
        distance += 1;
      } else {
        distance += (code & 8) << 11;
        if (distance === 0) {
          if (length !== 3) throw new CodecError('lzo: broken end mark');
          return op;
        }
        distance += M4_BASE_OFFSET;
      }
    } else if (state === 0) {
      length = code;
      if (length === 0) {
        length = 15;
        while (ip < end && source[ip] === 0) {
          length += 255;
          ip++;
        }
        if (ip >= end) break;
        length += source[ip++]!;
      }
      length += 3;
      if (ip + length > end || op + length > limit) throw new CodecError('lzo: literals reach beyond the block');
      copyLiterals(source, from, ip, target, into, op, length);
      ip += length;
      op += length;
      state = AFTER_LITERAL_RUN;
      continue;
    } else {
      if (ip >= end) break;
      const afterRun = state === AFTER_LITERAL_RUN;
      length = afterRun ? 3 : 2;
      distance = 1 + (afterRun ? M2_MAX_OFFSET : 0) + (code >> 2) + (source[ip++]! << 2);
      literals = code & 3;
    }

    if (distance > op) throw new CodecError('lzo: a match reaches back before the block');
    if (op + length + literals > limit || ip + literals > end)
      throw new CodecError('lzo: data reaches beyond the block');
    copyMatch(target, into, op, distance, length);
    op += length;
    if (literals > 0) {
      if (ip + 4 <= end && op + 4 <= limit) into.setInt32(op, from.getInt32(ip, true), true);
      else for (let i = 0; i < literals; i++) target[op + i] = source[ip + i]!;
      ip += literals;
      op += literals;
    }
    state = literals;
  }
  throw new CodecError('lzo: ends without its end mark');
}
