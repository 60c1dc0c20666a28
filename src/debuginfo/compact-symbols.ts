import { indexNames, type NameIndex } from './name-index.js';
import type { SymbolInfo, SymbolTable } from './symbol-table.js';

/** A hundred thousand symbols without an object for each; symbol n is the n-th of each array. */
export interface CompactSymbols {
  addresses: BigUint64Array;
  /** nm's letters. */
  types: Uint8Array;
  /** Where in `nameBytes` each NUL-terminated name starts. */
  nameOffsets: Uint32Array;
  nameBytes: Uint8Array;
  /** In bytes, 0 where unknown; without it all reach to the next symbol. */
  sizes?: Float64Array;
  /** Among symbols of one address the one with the lowest rank names it, then the first by name; without ranks the first as they stand. */
  rank?: (n: number) => number;
  module?: string;
}

// The last symbol before a hole in the address space must not claim the hole. Static arrays can be large (a printk buffer).
const LONGEST_REACH = 0x100_0000n;
/** What stands behind the very last symbol, which marks the end of the kernel or is a function of a module, is some other's. */
const REACH_OF_LAST = 0x1_0000n;

/** A SymbolTable over packed symbols; sorted and indexed on first use. */
export function symbolTable(symbols: CompactSymbols, source: string): SymbolTable {
  const { addresses } = symbols;
  const count = addresses.length;
  let names: NameIndex | undefined;
  const named = (name: string): number[] => {
    names ??= indexNames(
      [{ strings: symbols.nameBytes, firstString: 0, endString: symbols.nameBytes.length }],
      count, (n) => symbols.nameOffsets[n]!,
    );
    return names.find(name);
  };
  let order: Uint32Array | undefined;
  const sorted = (): Uint32Array => (order ??= ascending(symbols));

  /** The place in `sorted()` of the last symbol at or below `address`, or -1. */
  const lastUpTo = (address: bigint): number => {
    const places = sorted();
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[places[middle]!]! <= address) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const reachOf = (n: number): bigint => {
    const address = addresses[n]!;
    const next = lastUpTo(address) + 1;
    const distance = next < count ? addresses[sorted()[next]!]! - address : REACH_OF_LAST;
    return distance < LONGEST_REACH ? distance : LONGEST_REACH;
  };
  const infoOf = (n: number): SymbolInfo => ({
    name: nameOf(symbols, n),
    address: addresses[n]!,
    size: symbols.sizes?.[n] || Number(reachOf(n)),
    type: String.fromCharCode(symbols.types[n]!),
    ...(symbols.module === undefined ? {} : { module: symbols.module }),
  });

  return {
    source,
    count,
    addressOf(name) {
      const n = named(name)[0];
      return n === undefined ? undefined : addresses[n];
    },
    lookup: (name) => named(name).map(infoOf),
    at(address) {
      const last = lastUpTo(address);
      if (last < 0) return undefined;
      const places = sorted();
      const found = addresses[places[last]!]!;
      const n = nameGiver(symbols, places.subarray(lastUpTo(found - 1n) + 1, last + 1));
      // Padding after a function belongs to it, as the kernel's own kallsyms_lookup() has it.
      if (address - found >= reachOf(n)) return undefined;
      return { symbol: infoOf(n), offset: Number(address - found) };
    },
    *[Symbol.iterator]() {
      for (const n of withAliasesSorted(symbols, sorted())) yield infoOf(n);
    },
  };
}

function nameOf({ nameBytes, nameOffsets }: CompactSymbols, n: number): string {
  const start = nameOffsets[n]!;
  const end = nameBytes.indexOf(0, start);
  return Buffer.from(nameBytes.buffer, nameBytes.byteOffset + start, (end < 0 ? nameBytes.length : end) - start).toString('latin1');
}

/** The symbols' numbers by address; those of one address as they stood. */
function ascending({ addresses }: CompactSymbols): Uint32Array {
  if (isAscending(addresses)) return Uint32Array.from(addresses, (_, n) => n);
  // Halves of the words: comparing bigints would make two for each comparison.
  const halves = new Uint32Array(addresses.buffer, addresses.byteOffset, addresses.length * 2);
  return ascendingByKeys(halves) ?? ascendingByComparison(halves);
}

function isAscending(addresses: BigUint64Array): boolean {
  for (let n = 1; n < addresses.length; n++) if (addresses[n - 1]! > addresses[n]!) return false;
  return true;
}

const NUMBER_BITS = 2 ** 20;
/** A symbol's address in 33 bits: an offset into the per-CPU area, or a place in the top 4 GiB, where a kernel's image is. */
const TOP = 0xffffffff;

/** One sort of plain numbers, address and symbol's number in one: five times as fast as one that compares. */
function ascendingByKeys(halves: Uint32Array): Uint32Array | undefined {
  const count = halves.length / 2;
  if (count > NUMBER_BITS) return undefined;
  const keys = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    const high = halves[n * 2 + 1]!;
    if (high !== 0 && high !== TOP) return undefined;
    keys[n] = ((high === TOP ? 2 ** 32 : 0) + halves[n * 2]!) * NUMBER_BITS + n;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let n = 0; n < count; n++) order[n] = keys[n]! % NUMBER_BITS;
  return order;
}

function ascendingByComparison(halves: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: halves.length / 2 }, (_, n) => n)
    .toSorted((a, b) => halves[a * 2 + 1]! - halves[b * 2 + 1]! || halves[a * 2]! - halves[b * 2]! || a - b);
}

/** The one of several symbols at one address that names it. */
function nameGiver(symbols: CompactSymbols, aliases: Uint32Array): number {
  return aliases.length === 1 || symbols.rank === undefined ? aliases[0]! : byRank(symbols, symbols.rank, aliases)[0]!;
}

/** All in the order of their addresses, with those of one address by rank and name. */
function* withAliasesSorted(symbols: CompactSymbols, order: Uint32Array): Generator<number> {
  const { addresses, rank } = symbols;
  for (let start = 0, end = 0; start < order.length; start = end) {
    for (end = start + 1; end < order.length && addresses[order[end]!] === addresses[order[start]!];) end++;
    yield* rank === undefined || end - start === 1 ? order.subarray(start, end) : byRank(symbols, rank, order.subarray(start, end));
  }
}

function byRank(symbols: CompactSymbols, rank: (n: number) => number, aliases: Uint32Array): number[] {
  return Array.from(aliases, (n) => ({ n, rank: rank(n) }))
    .toSorted((a, b) => a.rank - b.rank || compareNames(symbols, a.n, b.n) || a.n - b.n)
    .map(({ n }) => n);
}

// Names are no longer; a hostile string table may have no NUL at all.
const COMPARED_BYTES = 512;

function compareNames({ nameBytes, nameOffsets }: CompactSymbols, a: number, b: number): number {
  for (let i = 0; i < COMPARED_BYTES; i++) {
    const left = nameBytes[nameOffsets[a]! + i] ?? 0;
    const right = nameBytes[nameOffsets[b]! + i] ?? 0;
    if (left !== right) return left - right;
    if (left === 0) return 0;
  }
  return 0;
}

/** Packs a list of symbols, as modules have them. */
export function packSymbols(list: readonly SymbolInfo[]): CompactSymbols {
  const names = Buffer.from(list.map((symbol) => `${symbol.name}\0`).join(''), 'latin1');
  const nameOffsets = new Uint32Array(list.length);
  let offset = 0;
  list.forEach((symbol, n) => { nameOffsets[n] = offset; offset += symbol.name.length + 1; });
  return {
    addresses: BigUint64Array.from(list, (symbol) => symbol.address),
    types: Uint8Array.from(list, (symbol) => symbol.type.charCodeAt(0)),
    sizes: Float64Array.from(list, (symbol) => symbol.size),
    nameOffsets, nameBytes: names,
  };
}
