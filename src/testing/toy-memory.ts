import {
  MissingPage,
  Page,
  type MissingKind,
  type PhysicalMemory,
  type PhysicalRange,
} from '../memory/physical-memory.js';

const PAGE_SIZE = 4096;

/**
 * A small machine's RAM for tests: pages come into being (zeroed) when they are written, everything else is absent.
 * What a test takes away with `lose` stays RAM for `ranges`, as in a filtered dump.
 */
export interface ToyMemory extends PhysicalMemory {
  write(physical: number, bytes: Uint8Array): void;
  writeU64(physical: number, value: bigint): void;
  /** From now on this page can't be had. */
  lose(pfn: number, kind?: MissingKind): void;
}

/** Physical memory without a page in it, to be written by the test. */
export function toyMemory(): ToyMemory {
  const pages = new Map<number, Page | MissingPage>();

  function writable(pfn: number): Page {
    const existing = pages.get(pfn);
    if (existing instanceof Page) return existing;
    const fresh = new Page(new Uint8Array(PAGE_SIZE));
    pages.set(pfn, fresh);
    return fresh;
  }

  function write(physical: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const offset = (physical + done) % PAGE_SIZE;
      const part = bytes.subarray(done, done + PAGE_SIZE - offset);
      writable(Math.floor((physical + done) / PAGE_SIZE)).bytes.set(part, offset);
      done += part.length;
    }
  }

  function* ranges(): Generator<PhysicalRange> {
    let open: PhysicalRange | undefined;
    for (const pfn of [...pages.keys()].toSorted((a, b) => a - b)) {
      const start = pfn * PAGE_SIZE;
      if (open?.end === start) open.end += PAGE_SIZE;
      else {
        if (open) yield open;
        open = { start, end: start + PAGE_SIZE };
      }
    }
    if (open) yield open;
  }

  return {
    pageSize: PAGE_SIZE,
    page: (pfn) => pages.get(pfn) ?? new MissingPage('absent'),
    ranges,
    *stored(most) {
      const there = [...pages].flatMap(([pfn, page]) => (page instanceof Page ? { pfn, bytes: page.bytes } : []));
      yield* there.toSorted((a, b) => a.pfn - b.pfn).slice(0, most);
    },
    write,
    writeU64: (physical, value) => write(physical, new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer)),
    lose: (pfn, kind = 'excluded') => void pages.set(pfn, new MissingPage(kind)),
  };
}
