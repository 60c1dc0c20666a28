import type { FileReader } from '../bytes/file-reader.js';

/**
 * Why a page can't be had. A report tells these apart:
 * - `absent`: no RAM stands at this address;
 * - `excluded`: the dump's filter left it out;
 * - `cut off`: the file ends before the place where its own tables put the page;
 * - `damaged`: the page is in the file, but does not decode.
 */
export type MissingKind = 'absent' | 'excluded' | 'cut off' | 'damaged';

/** A page that can't be had, and why; `detail` has a codec's own words, or the kind of page that was excluded. */
export class MissingPage {
  constructor(
    readonly kind: MissingKind,
    readonly detail?: string,
  ) {}
}

/**
 * A page that stands beyond the file's end.
 * @param end where it, or the table that leads to it, ends by what the file states
 * @param detail for a file that ended there when it was opened
 */
export function beyondEnd(file: FileReader, end: number, detail: string): MissingPage {
  return new MissingPage(
    'cut off',
    end <= file.size && file.becameShorter?.() === true ? 'the file has become shorter while it was read' : detail,
  );
}

/** One page's content. The page cache owns it: nobody writes to it. */
export class Page {
  readonly view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** A run of physical addresses that the dump knows as RAM, in bytes: `start` inclusive, `end` exclusive. */
export interface PhysicalRange {
  start: number;
  end: number;
}

/** A page that stands whole in the file. */
export interface StoredPage {
  pfn: number;
  /** Holds until the next page is asked for. */
  bytes: Uint8Array;
}

/**
 * The machine's RAM as a dump has it. Physical addresses and page numbers are `number`s: 52 bits fit a double exactly.
 * Reading is synchronous and served from a bounded page cache.
 */
export interface PhysicalMemory {
  /** In bytes: the unit of `page`. */
  readonly pageSize: number;
  /** The page that starts at `pfn * pageSize`. */
  page(pfn: number): Page | MissingPage;
  /** What the dump says is RAM, ascending, disjoint; pages in it may still be excluded. */
  ranges(): Iterable<PhysicalRange>;
  /**
   * The pages that the file holds, ascending, of the first `most` that it speaks of: for one look through memory, so
   * none is kept in the cache.
   */
  stored(most: number): Iterable<StoredPage>;
}
