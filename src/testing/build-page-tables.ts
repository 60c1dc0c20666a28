import type { ToyMemory } from './toy-memory.js';

/** Something to map. Memory behind it is the test's own business: `memory.write`. */
export type ToyMapping =
  /** `pages` pages (1 unless said otherwise) of one size, physically one after the other. */
  | { address: bigint; physical: number; pages?: number; size?: '4K' | '2M' | '1G' }
  /** One entry as it stands, for the odd cases: at `level` 1 (PTE) to 5 of the tables for `address`. */
  | { address: bigint; entry: bigint; level: 1 | 2 | 3 | 4 | 5 };

export interface ToyPageTables {
  /** Physical address of the top table. */
  root: number;
  levels: 4 | 5;
  /** Physical address of the table whose entries are of `level`, for `address`; to take it away from the dump. */
  tableOf(address: bigint, level: 1 | 2 | 3 | 4 | 5): number;
}

/** _PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY */
const PRESENT = 0x63n;
const HUGE = 0x80n;
const ADDRESS = 0x000ffffffffff000n;
const LEVEL_OF_SIZE = { '4K': 1, '2M': 2, '1G': 3 } as const;

/**
 * Writes x86_64 page tables into a toy memory, table by table from physical address `at`.
 * @param smeMask set in every present entry, as a kernel with memory encryption does
 */
export function buildPageTables(
  memory: ToyMemory,
  {
    at,
    levels = 4,
    smeMask = 0n,
    mappings,
  }: { at: number; levels?: 4 | 5; smeMask?: bigint; mappings: readonly ToyMapping[] },
): ToyPageTables {
  let nextTable = at;
  const root = newTable();

  function newTable(): number {
    const table = nextTable;
    nextTable += memory.pageSize;
    memory.write(table, new Uint8Array(memory.pageSize));
    return table;
  }

  function entryAt(table: number, address: bigint, level: number): number {
    return table + Number((BigInt.asUintN(64, address) >> BigInt(12 + 9 * (level - 1))) & 511n) * 8;
  }

  function readEntry(physical: number): bigint {
    const page = memory.page(Math.floor(physical / memory.pageSize));
    if (!('view' in page)) throw new Error('the toy lost a table while it was being built');
    return page.view.getBigUint64(physical % memory.pageSize, true);
  }

  function tableOf(address: bigint, wanted: number): number {
    let table = root;
    for (let level = levels as number; level > wanted; level--) {
      const place = entryAt(table, address, level);
      let entry = readEntry(place);
      if (entry === 0n) {
        entry = BigInt(newTable()) | PRESENT | smeMask;
        memory.writeU64(place, entry);
      }
      table = Number(entry & ADDRESS & ~smeMask);
    }
    return table;
  }

  for (const mapping of mappings) {
    if ('entry' in mapping) {
      memory.writeU64(entryAt(tableOf(mapping.address, mapping.level), mapping.address, mapping.level), mapping.entry);
      continue;
    }
    const level = LEVEL_OF_SIZE[mapping.size ?? '4K'];
    const step = memory.pageSize * 512 ** (level - 1);
    for (let n = 0; n < (mapping.pages ?? 1); n++) {
      const address = mapping.address + BigInt(n * step);
      const entry = BigInt(mapping.physical + n * step) | PRESENT | smeMask | (level > 1 ? HUGE : 0n);
      memory.writeU64(entryAt(tableOf(address, level), address, level), entry);
    }
  }
  return { root, levels, tableOf };
}
