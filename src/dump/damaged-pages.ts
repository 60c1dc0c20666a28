import { counted, numbered } from '../words/quantity.js';
import { MissingPage, type Page } from '../memory/physical-memory.js';

/** More than these are not told apart: a file of which as much is damaged is not read page by page. */
const MOST_KEPT = 100_000;

/** The pages that were asked for, are in the file and do not decode. */
export interface DamagedPages {
  /** The same reader, that takes note of them. */
  load: (pfn: number) => Page | MissingPage;
  /** One sentence on those met so far; undefined where there are none. */
  inWords: () => string | undefined;
}

export function notingDamage(load: (pfn: number) => Page | MissingPage, pageSize: number): DamagedPages {
  const met = new Map<number, string>();
  return {
    load(pfn) {
      const page = load(pfn);
      if (page instanceof MissingPage && page.kind === 'damaged' && met.size < MOST_KEPT)
        met.set(pfn, page.detail ?? 'it does not decode');
      return page;
    },
    inWords() {
      const [first] = met;
      if (first === undefined) return undefined;
      const [pfn, reason] = first;
      const address = `0x${(BigInt(pfn) * BigInt(pageSize)).toString(16)}`;
      const where = `${met.size === 1 ? '' : 'the first '}at physical address ${address}: ${reason}`;
      const pages = `${met.size < MOST_KEPT ? '' : 'At least '}${counted(met.size, 'page')}`;
      const damaged = `${numbered(met.size, 'is', 'are')} damaged in the file (${where})`;
      return `${pages} that this needed ${damaged}; copy it again.`;
    },
  };
}
