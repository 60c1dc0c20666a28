import { Page } from './physical-memory.js';
import { addressOfPage } from './address-space.js';
import { mappedLeaves } from './mapped-leaves.js';
import type { PageTableSpace } from './page-tables.js';

export interface ReadablePage {
  pageNumber: number;
  page: Page;
}

/**
 * Where a page table is missing, a rule may still tell where pages lie; that is tried page by page up to this many: 1
 * GiB.
 */
const TRIED_WITHOUT_TABLES = 2 ** 18;

/**
 * Every page between two page numbers (`endPage` exclusive) that is mapped and in the dump, ascending. What is not
 * mapped is stepped over by whole tables; pages that can't be read are left out without a word.
 */
export function* readablePages(
  space: PageTableSpace,
  startPage: number,
  endPage: number,
): Generator<ReadablePage, void, void> {
  const untold: { pageNumber: number; pages: number }[] = [];
  const leaves = mappedLeaves(space.tables, startPage, endPage, (pageNumber, pages) =>
    untold.push({ pageNumber, pages }),
  );
  for (const leaf of leaves) {
    yield* withoutTables();
    yield* pagesOf(leaf.pageNumber, leaf.pages);
  }
  yield* withoutTables();

  function* withoutTables(): Generator<ReadablePage> {
    for (const { pageNumber, pages } of untold.splice(0))
      yield* pagesOf(pageNumber, Math.min(pages, TRIED_WITHOUT_TABLES));
  }

  function* pagesOf(first: number, pages: number): Generator<ReadablePage> {
    for (let pageNumber = first; pageNumber < first + pages; pageNumber++) {
      const page = space.page(pageNumber);
      if (page instanceof Page) yield { pageNumber, page };
    }
  }
}

/**
 * Addresses in a range of pages at which `needle` stands, ascending, also where it lies across pages.
 * @param alignment in bytes, a divisor of the page size
 */
export function* findBytes(
  space: PageTableSpace,
  startPage: number,
  endPage: number,
  needle: Uint8Array,
  alignment = 1,
): Generator<bigint, void, void> {
  if (needle.length === 0 || needle.length > space.pageSize) return;
  const keep = needle.length - 1;
  let tail: Buffer = Buffer.alloc(0);
  let expected = -1;
  for (const { pageNumber, page } of readablePages(space, startPage, endPage)) {
    const bytes = Buffer.from(page.bytes.buffer, page.bytes.byteOffset, page.bytes.length);
    if (pageNumber !== expected) tail = tail.subarray(0, 0);
    if (tail.length > 0) {
      const seam = Buffer.concat([tail, bytes.subarray(0, keep)]);
      yield* matches(seam, needle, alignment, addressOfPage(pageNumber, space) - BigInt(tail.length));
    }
    yield* matches(bytes, needle, alignment, addressOfPage(pageNumber, space));
    tail = bytes.subarray(bytes.length - keep);
    expected = pageNumber + 1;
  }
}

function* matches(haystack: Buffer, needle: Uint8Array, alignment: number, start: bigint): Generator<bigint> {
  const misaligned = Number(start % BigInt(alignment));
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + 1)) {
    if ((misaligned + at) % alignment === 0) yield start + BigInt(at);
  }
}
