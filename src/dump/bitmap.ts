import type { FileReader } from '../bytes/file-reader.js';
import { wordsOf } from '../bytes/words.js';
import { BLOCK_BYTES } from './block-cache.js';

const BITS_PER_BLOCK = BLOCK_BYTES * 8;

/** One of a kdump file's bitmaps: a bit for each page, least significant first. */
export interface Bitmap {
  /** undefined where the file ends before the bit. */
  has(bit: number): boolean | undefined;
  /** How many bits are set before `bit`; undefined where the file ends before that. */
  rank(bit: number): number | undefined;
  /** Runs of set bits, ascending: `start` inclusive, `end` exclusive; ends where the file does, or after a million. */
  runs(): Iterable<{ start: number; end: number }>;
}

/** 64 KiB: the pages of 2 GiB of memory. */
const BLOCKS_PER_READ = 16;
/** Of the index within blocks: 4 MiB. */
const MAX_INDEXED_BLOCKS = 2048;
/** A machine has some dozens of ranges of memory: where there are as many as this, the bitmap is damaged. */
export const MOST_RUNS = 1 << 20;

/**
 * @param offset where the bitmap starts in the file; a multiple of the block size
 * @param bits how many pages it speaks of
 * @param readBlock the file by blocks, cached
 * @param onRead called for each piece that is counted or scanned; may throw to stop
 */
export function openBitmap(
  file: FileReader,
  offset: number,
  bits: number,
  readBlock: (block: number) => Uint8Array,
  onRead: () => void = () => {},
): Bitmap {
  const firstBlock = offset / BLOCK_BYTES;
  // before[i]: bits set before block i. It grows as far as is asked: one number for 4 KiB of bitmap, 128 MiB of memory.
  const before: number[] = [0];
  // The same within a block, by words: each page that is read asks for it.
  const within = new Map<number, Uint16Array>();

  function setBefore(block: number): number | undefined {
    while (before.length <= block) {
      onRead();
      const known = before.length - 1;
      const bytes = readBlocks(known, Math.min(BLOCKS_PER_READ, block - known));
      if (bytes.length < BLOCK_BYTES) return undefined;
      for (let at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
        before.push(before.at(-1)! + countBits(bytes.subarray(at, at + BLOCK_BYTES)));
      }
    }
    return before[block];
  }

  function setWithin(block: number, bytes: Uint8Array, bit: number): number {
    let counts = within.get(block);
    if (counts === undefined) {
      if (within.size >= MAX_INDEXED_BLOCKS) within.clear();
      within.set(block, (counts = countsBeforeWords(bytes)));
    }
    const word = bit >>> 5;
    const at = word * 4;
    const last =
      (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    return counts[word]! + popcount(last & ((1 << (bit & 31)) - 1));
  }

  function readBlocks(block: number, count: number): Uint8Array {
    return file.read(offset + block * BLOCK_BYTES, count * BLOCK_BYTES);
  }

  return {
    has(bit) {
      if (!(bit >= 0 && bit < bits)) return false;
      const byte = Math.floor(bit / 8);
      const value = readBlock(firstBlock + Math.floor(byte / BLOCK_BYTES))[byte % BLOCK_BYTES];
      return value === undefined ? undefined : (value & (1 << (bit % 8))) !== 0;
    },
    rank(asked) {
      const bit = Math.min(asked, bits);
      const block = Math.floor(bit / BITS_PER_BLOCK);
      const earlier = setBefore(block);
      if (earlier === undefined) return undefined;
      const inBlock = bit % BITS_PER_BLOCK;
      if (inBlock === 0) return earlier;
      const bytes = readBlock(firstBlock + block);
      return bytes.length * 8 < inBlock ? undefined : earlier + setWithin(block, bytes, inBlock);
    },
    *runs() {
      let found = 0;
      let start = -1;
      let end = 0;
      for (let base = 0; base < bits; base += BLOCKS_PER_READ * BITS_PER_BLOCK) {
        onRead();
        const bytes = readBlocks(base / BITS_PER_BLOCK, BLOCKS_PER_READ);
        const words = wordsOf(bytes);
        const here = Math.min(bits - base, bytes.length * 8);
        for (let at = 0; at < here;) {
          // A whole word in which nothing changes.
          if ((at & 31) === 0 && at + 32 <= here && words[at >> 5] === (start < 0 ? 0 : 0xffffffff)) {
            at += 32;
            continue;
          }
          const set = ((bytes[at >> 3]! >> (at & 7)) & 1) === 1;
          if (set && start < 0) start = base + at;
          if (!set && start >= 0) {
            yield { start, end: base + at };
            if (++found === MOST_RUNS) return;
            start = -1;
          }
          at++;
        }
        end = base + here;
        if (bytes.length < BLOCKS_PER_READ * BLOCK_BYTES) break;
      }
      if (start >= 0) yield { start, end };
    },
  };
}

/** Bits set in whole words. */
function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const word of wordsOf(bytes)) count += popcount(word);
  return count;
}

/** How many bits are set before each whole word of a block, and in all of them. */
function countsBeforeWords(block: Uint8Array): Uint16Array {
  const words = wordsOf(block);
  const counts = new Uint16Array(words.length + 1);
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    count += popcount(words[i]!);
    counts[i + 1] = count;
  }
  return counts;
}

function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
