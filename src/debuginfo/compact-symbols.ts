import { ascendingOrderOfWords } from '../bytes/ascending-order.js';
import { nothingKept, type KeptColumns } from '../bytes/kept-columns.js';
import { nearestWords, wordParts, type NearestWords } from '../bytes/nearest-words.js';
import { namesInSection, type SymbolNames } from './symbol-names.js';
import type { SymbolInfo, SymbolTable } from './symbol-table.js';
import { defined } from '../words/defined.js';

/** A hundred thousand symbols without an object for each; symbol n is the n-th of each array. */
export interface CompactSymbols {
  addresses: BigUint64Array;
  /** nm's letter, as a character code. */
  type: (n: number) => number;
  names: SymbolNames;
  /** In bytes, 0 where unknown; without it all reach to the next symbol. */
  size?: (n: number) => number;
  /**
   * Among symbols of one address the one with the lowest rank names it, then the first by name; without ranks the first
   * as they stand.
   */
  rank?: (n: number) => number;
  module?: string;
  /** What KASLR added: addresses in the kernel's half lie so much above `addresses`. */
  slide?: bigint;
  /** Where what is made of the addresses is kept. */
  kept?: KeptColumns;
}

/** Per-CPU symbols that are offsets (up to 6.14) lie near 0 and stay there. */
const KERNEL_HALF = 1n << 63n;

// The last symbol before a hole in the address space must not claim the hole. Static arrays can be large (a printk
// buffer).
const LONGEST_REACH = 0x100_0000n;
/**
 * What stands behind the very last symbol, which marks the end of the kernel or is a function of a module, is some
 * other's.
 */
const REACH_OF_LAST = 0x1_0000n;

/** A SymbolTable over packed symbols; indexed on first use. */
export function symbolTable(symbols: CompactSymbols, source: string): SymbolTable {
  const { addresses, names, slide = 0n, kept = nothingKept } = symbols;
  let index: NearestWords | undefined;
  const nearest = (): NearestWords =>
    (index ??= nearestWords(
      addresses,
      kept.of('symbols by address', () => wordParts(addresses)),
    ));
  const addressOf = (n: number): bigint => (addresses[n]! < KERNEL_HALF ? addresses[n]! : addresses[n]! + slide);
  const reachOf = (n: number): bigint => {
    const address = addresses[n]!;
    const next = nearest().above(address);
    const distance = next === undefined ? REACH_OF_LAST : next - address;
    return distance < LONGEST_REACH ? distance : LONGEST_REACH;
  };
  const infoOf = (n: number): SymbolInfo => ({
    name: names.of(n),
    address: addressOf(n),
    size: symbols.size?.(n) || Number(reachOf(n)),
    type: String.fromCharCode(symbols.type(n)),
    ...defined({ module: symbols.module }),
  });

  return {
    source,
    count: addresses.length,
    addressOf(name) {
      const n = names.find(name)[0];
      return n === undefined ? undefined : addressOf(n);
    },
    lookup: (name) => names.find(name).map(infoOf),
    at(running) {
      const address = running < KERNEL_HALF ? running : running - slide;
      const aliases = nearest().upTo(address);
      if (aliases.length === 0) return undefined;
      const n = nameGiver(symbols, aliases);
      const found = addresses[n]!;
      // Padding after a function belongs to it, as the kernel's own kallsyms_lookup() has it.
      if (address - found >= reachOf(n)) return undefined;
      return { symbol: infoOf(n), offset: Number(address - found) };
    },
    *[Symbol.iterator]() {
      for (const n of withAliasesSorted(symbols, ascendingOrderOfWords(addresses))) yield infoOf(n);
    },
  };
}

/** The one of several symbols at one address that names it. */
function nameGiver(symbols: CompactSymbols, aliases: readonly number[]): number {
  return aliases.length === 1 || symbols.rank === undefined ? aliases[0]! : byRank(symbols, symbols.rank, aliases)[0]!;
}

/** All in the order of their addresses, with those of one address by rank and name. */
function* withAliasesSorted(symbols: CompactSymbols, order: Uint32Array): Generator<number> {
  const { addresses, rank } = symbols;
  for (let start = 0, end = 0; start < order.length; start = end) {
    for (end = start + 1; end < order.length && addresses[order[end]!] === addresses[order[start]!];) end++;
    yield* rank === undefined || end - start === 1
      ? order.subarray(start, end)
      : byRank(symbols, rank, order.subarray(start, end));
  }
}

function byRank(symbols: CompactSymbols, rank: (n: number) => number, aliases: Iterable<number>): number[] {
  return Array.from(aliases, (n) => ({ n, rank: rank(n), name: symbols.names.of(n) }))
    .toSorted((a, b) => a.rank - b.rank || compare(a.name, b.name) || a.n - b.n)
    .map(({ n }) => n);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Packs a list of symbols, as modules have them. */
export function packSymbols(list: readonly SymbolInfo[]): CompactSymbols {
  const names = Buffer.from(list.map((symbol) => `${symbol.name}\0`).join(''), 'latin1');
  const nameOffsets = new Uint32Array(list.length);
  let offset = 0;
  list.forEach((symbol, n) => {
    nameOffsets[n] = offset;
    offset += symbol.name.length + 1;
  });
  return {
    addresses: BigUint64Array.from(list, (symbol) => symbol.address),
    type: (n) => list[n]!.type.charCodeAt(0),
    size: (n) => list[n]!.size,
    names: namesInSection(names, nameOffsets),
  };
}
