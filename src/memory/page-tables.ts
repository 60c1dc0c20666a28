import type { AddressSpace, Unmapped } from './address-space.js';

/** Where a virtual page lies. */
export interface Mapping {
  pfn: number;
  /** Pages that the entry covers which maps it: 1, or the pages of a huge one. */
  covers: number;
}

/**
 * Nothing there, and how far nothing reaches: an entry that `covers` so many pages is empty, invalid or in a table that
 * can't be read.
 */
export interface Hole {
  why: Unmapped;
  covers: number;
}

/** An architecture's page tables, walked. */
export interface PageTables {
  /** Physical address of the top table. */
  readonly root: number;
  /** The page frame that backs a page. The hot path. */
  frame: (pageNumber: number) => number | Unmapped;
  /** The same with what the entry covers that answered: for walks over a range, which step over what is empty. */
  mapping(pageNumber: number): Mapping | Hole;
}

/** Virtual memory with the page tables behind it, for walks over ranges. */
export interface PageTableSpace extends AddressSpace {
  readonly tables: PageTables;
}
