import type { SymbolName } from '../../../symbols/symbol-names.js';
import { Page } from '../../memory/physical-memory.js';
import type { Kernel } from '../../kernel/kernel.js';
import { pageNumberOf } from '../../memory/address-space.js';
import { codeOf } from './code-of.js';

/** Read at once; a format that lies across two pieces is found by their overlap. */
const PIECE = 1 << 20;
const LONGEST_FORMAT = 2048;
/** include/linux/kern_levels.h */
const KERN_SOH = 1;
/** A kernel's rodata is some 10 MB; with BTF in it 20. */
const MOST_RODATA = 1 << 26;

/** A word of a format, and the functions that print it; an optional one is not printed by every kernel. */
export interface FormatSought {
  word: string;
  printedBy: readonly SymbolName[];
  optional?: boolean;
}

/**
 * The kernel's own printk formats that hold one of these words, by word: what this kernel prints, and in which words,
 * whatever its release says. Without the level's prefix. They are the strings that the code of those functions names;
 * where that does not lead to one that every kernel has, all read-only data is searched, which takes a thousand pages.
 */
export function printkFormats(kernel: Kernel, sought: readonly FormatSought[]): ReadonlyMap<string, string> {
  const rodata = readOnlyData(kernel);
  if (rodata === undefined) return new Map();
  const found = new Map<string, string>();
  const left = sought.filter(({ word, printedBy, optional = false }) => {
    const strings = printedBy.flatMap((name) => stringsOf(kernel, name, rodata));
    const format = strings.find((string) => string.includes(word));
    if (format !== undefined) found.set(word, format);
    return format === undefined && !(optional && strings.length > 0);
  });
  return new Map([
    ...found,
    ...(left.length === 0
      ? []
      : formatsInRodata(
          kernel,
          rodata,
          left.map(({ word }) => word),
        )),
  ]);
}

export interface Range {
  start: bigint;
  end: bigint;
}

export function readOnlyData(kernel: Kernel): Range | undefined {
  const [start, end] = [kernel.findSymbol('__start_rodata'), kernel.findSymbol('__end_rodata')];
  return start === undefined || end === undefined || end < start || end - start > BigInt(MOST_RODATA)
    ? undefined
    : { start, end };
}

/** Parts of a function that the compiler put elsewhere have its name and one of these. */
export const FUNCTION_PARTS = [
  '',
  '.cold',
  '.part.0',
  '.isra.0',
  '.constprop.0',
  '.part.0.cold',
  '.isra.0.cold',
  '.constprop.0.cold',
];

function stringsOf(kernel: Kernel, name: SymbolName, rodata: Range): readonly string[] {
  return kernel.once(`strings that ${name}() names`, () =>
    FUNCTION_PARTS.flatMap((part) => addressesIn(kernel, `${name}${part}`, rodata)).flatMap(
      (address) => formatAt(kernel, address) ?? [],
    ),
  );
}

/** Addresses in the read-only data that a function's code has. */
function addressesIn(kernel: Kernel, name: string, { start, end }: Range): bigint[] {
  const code = codeOf(kernel, name);
  if (code === undefined) return [];
  const named = new Set(kernel.arch.code.addressesNamed(code.bytes, code.address));
  return [...named].filter((address) => address >= start && address < end);
}

/** A printk format that starts there: with the level's prefix, or as text after a NUL. */
function formatAt(kernel: Kernel, address: bigint): string | undefined {
  return kernel.peek("a printk format of the kernel's", () => {
    if (kernel.memory.u8(address - 1n) !== 0) return undefined;
    const text = kernel.memory.cString(address, LONGEST_FORMAT);
    return text.length >= LONGEST_FORMAT ? undefined : text.charCodeAt(0) === KERN_SOH ? text.slice(2) : text;
  });
}

/** Every format with one of the words, wherever it stands. */
export function formatsInRodata(
  kernel: Kernel,
  { start, end }: Range,
  words: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
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
    const page = kernel.memory.page(pageNumberOf(address, kernel.memory));
    if (page instanceof Page)
      piece.set(page.bytes.subarray(Number(address & BigInt(pageSize - 1))).subarray(0, part), at);
    else kernel.peek("the kernel's read-only data", () => kernel.memory.u8(address));
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
