import { Page } from '../../dump/physical-memory.js';
import type { Kernel } from '../../kernel/kernel.js';

/** Read at once; a format that lies across two pieces is found by their overlap. */
const PIECE = 1 << 20;
const LONGEST_FORMAT = 2048;
/** include/linux/kern_levels.h */
const KERN_SOH = 1;
/** A kernel's rodata is some 10 MB; with BTF in it 20. */
const MOST_RODATA = 1 << 26;

/**
 * The kernel's own printk formats that hold one of these words, by word: what this kernel prints, and in which words, whatever
 * its release says. Without the level's prefix; searched for in its read-only data.
 */
export function printkFormats(kernel: Kernel, words: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const [start, end] = [kernel.symbols.addressOf('__start_rodata'), kernel.symbols.addressOf('__end_rodata')];
  if (start === undefined || end === undefined || end < start || end - start > BigInt(MOST_RODATA)) return found;
  const wanted = words.map((word) => ({ word, bytes: Buffer.from(word) }));
  for (let at = start; at < end && found.size < words.length; at += BigInt(PIECE - LONGEST_FORMAT)) {
    const piece = readable(kernel, at, Number(end - at < BigInt(PIECE) ? end - at : BigInt(PIECE)));
    for (const { word, bytes } of wanted) {
      if (found.has(word)) continue;
      const place = piece.indexOf(bytes);
      if (place < 0) continue;
      const format = formatAround(piece, place);
      if (format !== undefined) found.set(word, format);
    }
  }
  return found;
}

/** What is there of a piece; pages that are not are zeros, in which nothing is found. */
function readable(kernel: Kernel, start: bigint, length: number): Buffer {
  const piece = Buffer.alloc(length);
  const { pageSize } = kernel.memory;
  for (let at = 0; at < length;) {
    kernel.guard.step();
    const address = start + BigInt(at);
    const part = Math.min(length - at, pageSize - Number(address & BigInt(pageSize - 1)));
    const page = kernel.memory.page(Number(address >> 12n));
    if (page instanceof Page) piece.set(page.bytes.subarray(Number(address & BigInt(pageSize - 1))).subarray(0, part), at);
    at += part;
  }
  return piece;
}

/** The string around a place, from NUL to NUL; undefined where it is longer than a format is. */
function formatAround(piece: Buffer, place: number): string | undefined {
  const start = piece.lastIndexOf(0, place) + 1;
  const end = piece.indexOf(0, place);
  if (end < 0 || end - start > LONGEST_FORMAT) return undefined;
  // KERN_SOH and a level, or "c" for a line that goes on.
  return piece.toString('latin1', piece[start] === KERN_SOH ? start + 2 : start, end);
}
