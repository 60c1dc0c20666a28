import type { Unmapped } from './address-space.js';
import type { PageTables } from './page-tables.js';

/** A run of pages that one entry maps (a page or a huge one), cut to the range that was asked for. */
export interface MappedLeaf {
  pageNumber: number;
  pages: number;
  pfn: number;
}

/** Tables that map themselves in circles could offer 2^52 pages; no walk of ours needs more steps than this. */
const STEP_LIMIT = 4_000_000;

/**
 * What is mapped between two page numbers (`end` exclusive), ascending. Empty entries are stepped over whole, so that
 * terabytes of nothing cost nothing. Tables that can't be read go to `missing`, once for each hole they leave.
 * Ends early after `steps`.
 */
export function* mappedLeaves(
  tables: PageTables,
  start: number,
  end: number,
  missing?: (pageNumber: number, pages: number, why: Unmapped) => void,
  steps = STEP_LIMIT,
): Generator<MappedLeaf, void, void> {
  let pageNumber = start;
  for (let step = 0; pageNumber < end && step < steps; step++) {
    const found = tables.mapping(pageNumber);
    const next = Math.min(end, pageNumber - (pageNumber % found.covers) + found.covers);
    if ('pfn' in found) yield { pageNumber, pages: next - pageNumber, pfn: found.pfn };
    else if (found.why.missingTable) missing?.(pageNumber, next - pageNumber, found.why);
    pageNumber = next;
  }
}
