import { createRequire } from 'node:module';

import { CodecError } from './codec-error.js';
import type { BlockDecoder } from './codec-error.js';
import { copyLiterals, copyMatch, viewOf } from './copy.js';

const MIN_MATCH = 4;

/** A raw LZ4 block (no frame), as lz4's lz4_Block_format.md has it. */
export function decodeLz4(source: Uint8Array, target: Uint8Array): number {
  const end = source.length;
  const from = viewOf(source);
  const into = viewOf(target);
  const limit = target.length;
  let ip = 0;
  let op = 0;
  while (ip < end) {
    const token = source[ip++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let byte: number | undefined;
      do {
        byte = source[ip++];
        if (byte === undefined) throw new CodecError('lz4: ends within a length');
        literals += byte;
      } while (byte === 255);
    }
    if (ip + literals > end || op + literals > limit) throw new CodecError('lz4: literals reach beyond the block');
    copyLiterals(source, from, ip, target, into, op, literals);
    ip += literals;
    op += literals;
    if (ip === end) return op; // the last sequence has literals only

    if (ip + 2 > end) throw new CodecError('lz4: ends within a distance');
    const distance = source[ip]! | (source[ip + 1]! << 8);
    ip += 2;
    let length = (token & 15) + MIN_MATCH;
    if (length === 15 + MIN_MATCH) {
      let byte: number | undefined;
      do {
        byte = source[ip++];
        if (byte === undefined) throw new CodecError('lz4: ends within a length');
        length += byte;
      } while (byte === 255);
    }
    if (distance === 0 || distance > op) throw new CodecError('lz4: a match reaches back before the block');
    if (op + length > limit) throw new CodecError('lz4: a match reaches beyond the block');
    copyMatch(target, into, op, distance, length);
    op += length;
  }
  throw new CodecError('lz4: ends without its last literals');
}

interface NativeLz4 {
  uncompress(source: Buffer, target: Buffer): number;
}

let loaded: BlockDecoder | undefined;

/** The native `lz4` package where it is installed and loads, which is seven times as fast; else `decodeLz4`. */
export function lz4Decoder(): BlockDecoder {
  loaded ??= nativeDecoder() ?? decodeLz4;
  return loaded;
}

function nativeDecoder(): BlockDecoder | undefined {
  let native: NativeLz4;
  try {
    // The binding alone: the package's door also loads stream polyfills, at 20 ms.
    native = createRequire(import.meta.url)('lz4/build/Release/lz4.node') as NativeLz4;
  } catch {
    return undefined; // optional: not built, or built for another Node
  }
  if (typeof native.uncompress !== 'function') return undefined;
  return (source, target) => {
    if (source.length === 0) throw new CodecError('lz4: no data');
    const length = native.uncompress(asBuffer(source), asBuffer(target));
    if (length < 0) throw new CodecError('lz4: broken block');
    return length;
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
