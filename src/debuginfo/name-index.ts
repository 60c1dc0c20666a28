import type { KeptColumns } from '../bytes/kept-columns.js';

/**
 * From names to places, without making a string of each: a hash table over the bytes of the string section. Entries are
 * numbers that the caller gave, in the order given.
 */
export interface NameIndex {
  /** All entries whose name is `name`, in the order in which they were added. */
  find(name: string): number[];
}

/** A string section, at its place among the string offsets of a blob and its base. */
export interface StringPool {
  strings: Uint8Array;
  firstString: number;
  endString: number;
}

/**
 * @param pools the string sections that names may lie in
 * @param count entries 0 to count - 1
 * @param nameOffset the offset of entry n's name; outside of the pools (or at an empty string) the entry has no name
 * @param kept where the hash table is kept, and under which name
 */
export function indexNames(
  pools: readonly StringPool[],
  count: number,
  nameOffset: (entry: number) => number,
  kept?: { in: KeptColumns; as: string },
): NameIndex {
  const chain = (): ChainColumns => chainNames(pools, count, nameOffset);
  const chains = new HashChains(kept === undefined ? chain() : kept.in.of(kept.as, chain));
  return {
    find(name) {
      const wanted = Buffer.from(`${name}\0`, 'latin1');
      const found: number[] = [];
      for (let entry = chains.first(hashAt(wanted, 0)); entry >= 0; entry = chains.after(entry)) {
        const pool = poolAt(pools, nameOffset(entry))!;
        if (equalAt(pool.strings, nameOffset(entry) - pool.firstString, wanted)) found.push(entry);
      }
      return found;
    },
  };
}

function chainNames(pools: readonly StringPool[], count: number, nameOffset: (entry: number) => number): ChainColumns {
  const columns = emptyChains(count);
  const { heads, next } = columns;
  const mask = heads.length - 1;
  let pool = pools[0];
  for (let entry = count - 1; entry >= 0; entry--) {
    const offset = nameOffset(entry);
    if (pool === undefined || offset < pool.firstString || offset >= pool.endString) pool = poolAt(pools, offset);
    if (pool === undefined) continue;
    // As hashAt() does, without a call: a dump's first question runs this once, before it is compiled.
    const { strings } = pool;
    const start = offset - pool.firstString;
    let hash = 0;
    for (let i = start; i < start + HASHED_BYTES; i++) {
      const byte = strings[i]!;
      // Undefined behind the end.
      if (!(byte > 0)) break;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    if (hash === 0) continue;
    const slot = (hash ^ (hash >>> HASH_SHIFT)) & mask;
    next[entry] = heads[slot]!;
    heads[slot] = entry;
  }
  return columns;
}

/** The first entry of each slot of a hash table, and after each entry the next; -1 where there is none. */
export interface ChainColumns {
  heads: Int32Array;
  next: Int32Array;
}

export function emptyChains(count: number): ChainColumns {
  return {
    heads: new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * 1.5)))).fill(-1),
    next: new Int32Array(count).fill(-1),
  };
}

/** Entries by a 32-bit hash, chained in two arrays; filled backwards, so that a chain gives them ascending. */
export class HashChains {
  private readonly heads: Int32Array;
  private readonly next: Int32Array;

  constructor({ heads, next }: ChainColumns) {
    this.heads = heads;
    this.next = next;
  }

  prepend(entry: number, hash: number): void {
    const slot = hash & (this.heads.length - 1);
    this.next[entry] = this.heads[slot]!;
    this.heads[slot] = entry;
  }

  /** The first entry that may have the hash, or -1. */
  first(hash: number): number {
    return this.heads[hash & (this.heads.length - 1)]!;
  }

  /** The next one after it, or -1. */
  after(entry: number): number {
    return this.next[entry]!;
  }
}

function poolAt(pools: readonly StringPool[], offset: number): StringPool | undefined {
  for (const pool of pools) if (offset >= pool.firstString && offset < pool.endString) return pool;
  return undefined;
}

/**
 * The beginnings of names tell them apart well enough: to hash more takes longer than to compare those that share one.
 */
const HASHED_BYTES = 8;
const HASH_PRIME = 0x01000193;
const HASH_SHIFT = 15;

/** In the manner of FNV, over a NUL-terminated string; 0 for an empty one. */
function hashAt(bytes: Uint8Array, start: number): number {
  let hash = 0;
  for (let i = start; i < start + HASHED_BYTES && (bytes[i] ?? 0) > 0; i++)
    hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
  return hash ^ (hash >>> HASH_SHIFT);
}

function equalAt(strings: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) {
    if ((strings[offset + i] ?? 0) !== wanted[i]) return false;
  }
  return true;
}
