import { MissingPage, type Page, type PhysicalMemory } from '../../../memory/physical-memory.js';
import { Unmapped } from '../../../memory/address-space.js';
import type { Hole, Mapping, PageTables, PageTableSpace } from '../../../memory/page-tables.js';
import { mappedSpace } from '../../../memory/mapped-space.js';
import { absenceInWords, pagesCovered, presentEntry, type Level } from './page-table-entry.js';

export interface PageTableRoot {
  /** Physical address of the top table. */
  root: number;
  levels: 4 | 5;
  /** Bits of an entry that mark encrypted memory (AMD SME, SEV) and are no part of the address. */
  smeMask?: bigint;
}

/** x86_64's page tables, walked. Page numbers are `address >> 12`, 52 bits. */
export interface X86PageTables extends PageTables, Required<PageTableRoot> {
  readonly root: number;
}

/** Virtual memory as page tables have it. */
export function pageTableSpace(
  physical: PhysicalMemory,
  root: PageTableRoot,
): PageTableSpace & { readonly tables: X86PageTables } {
  const tables = pageTables(physical, root);
  return { ...mappedSpace(physical, tables.frame), tables };
}

/** Regions of 2 MiB whose upper walk is remembered: one reaches 512 pages, all of them 2 GiB. */
const CACHED_REGIONS = 1024;
const PAGES_IN_REGION = 512;

export function pageTables(physical: PhysicalMemory, { root, levels, smeMask = 0n }: PageTableRoot): X86PageTables {
  const smeLow = Number(BigInt.asIntN(32, smeMask));
  const smeHigh = Number(BigInt.asIntN(32, smeMask >> 32n));
  const rootPfn = Math.floor(root / physical.pageSize);

  // Direct-mapped: region number -> frame of its lowest table, or, as -1 - pfn, of its huge page's part.
  const regionKeys = new Float64Array(CACHED_REGIONS).fill(-1);
  const regionValues = new Float64Array(CACHED_REGIONS);

  function frame(pageNumber: number): number | Unmapped {
    const found = resolve(pageNumber);
    return typeof found === 'number' ? found : found.why;
  }

  function resolve(pageNumber: number): number | Hole {
    const region = Math.floor(pageNumber / PAGES_IN_REGION);
    const slot = region & (CACHED_REGIONS - 1);
    if (regionKeys[slot] !== region) {
      const upper = walkToRegion(pageNumber);
      if ('why' in upper) return upper;
      regionKeys[slot] = region;
      regionValues[slot] = upper.leaf ? -1 - upper.pfn : upper.pfn;
    }
    const value = regionValues[slot]!;
    return value < 0 ? -1 - value + (pageNumber % PAGES_IN_REGION) : lowestEntry(pageNumber, value);
  }

  /** The frame of the region's lowest table, or of the memory itself where a huge page covers it. */
  function walkToRegion(pageNumber: number): { pfn: number; leaf: boolean; level: Level } | Hole {
    if (!isCanonical(pageNumber, levels)) return hole(levels, new Unmapped('not a canonical address'));
    let table = rootPfn;
    for (let level: Level = levels; level !== 1; level = (level - 1) as Level) {
      const entry = entryIn(table, pageNumber, level);
      if ('why' in entry) return entry;
      if (entry.leaf) {
        const regionStart = pageNumber - (pageNumber % PAGES_IN_REGION);
        return { pfn: entry.pfn + (regionStart % pagesCovered(level)), leaf: true, level };
      }
      table = entry.pfn;
    }
    return { pfn: table, leaf: false, level: 1 };
  }

  function lowestEntry(pageNumber: number, table: number): number | Hole {
    const entry = entryIn(table, pageNumber, 1);
    return 'why' in entry ? entry : entry.pfn;
  }

  function entryIn(tablePfn: number, pageNumber: number, level: Level): { pfn: number; leaf: boolean } | Hole {
    const table: Page | MissingPage = physical.page(tablePfn);
    if (table instanceof MissingPage) return hole(tableLevel(level), missingTable(tablePfn, table));
    const offset = (Math.floor(pageNumber / pagesCovered(level)) % 512) * 8;
    const low = table.view.getUint32(offset, true);
    const high = table.view.getUint32(offset + 4, true);
    return (
      presentEntry(low, high, level, smeLow, smeHigh) ??
      hole(level, new Unmapped(absenceInWords(low, high, level, pageNumber < USER_HALF_PAGES)))
    );
  }

  /** A table that can't be read hides all that it covers: the hole is an entry's of the level above. */
  function tableLevel(level: Level): Level {
    return level === levels ? level : ((level + 1) as Level);
  }

  function missingTable(pfn: number, missing: MissingPage): Unmapped {
    return new Unmapped(`page table at 0x${(pfn * physical.pageSize).toString(16)} ${missing.kind}`, missing);
  }

  function mapping(pageNumber: number): Mapping | Hole {
    const upper = walkToRegion(pageNumber);
    if ('why' in upper) return upper;
    if (upper.leaf) return { pfn: upper.pfn + (pageNumber % PAGES_IN_REGION), covers: pagesCovered(upper.level) };
    const pfn = lowestEntry(pageNumber, upper.pfn);
    return typeof pfn === 'number' ? { pfn, covers: 1 } : pfn;
  }

  return { root, levels, smeMask, frame, mapping };
}

function hole(level: Level, why: Unmapped): Hole {
  return { covers: pagesCovered(level), why };
}

/** Page numbers below are user space; the kernel's half starts at the upper end of the 64-bit range. */
export const USER_HALF_PAGES = 2 ** 51;

/** Bits 48 to 63 (57 to 63 with five levels) of the address repeat the one below. */
export function isCanonical(pageNumber: number, levels: 4 | 5): boolean {
  const halfPages = 2 ** (levels * 9 - 1);
  return (pageNumber >= 0 && pageNumber < halfPages) || (pageNumber >= 2 ** 52 - halfPages && pageNumber < 2 ** 52);
}
