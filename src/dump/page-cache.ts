import QuickLRU from 'quick-lru';

import { MissingPage, Page } from '../memory/physical-memory.js';

export const DEFAULT_CACHE_BYTES = 64 << 20;
/** An entry's objects beside the page's own bytes: Page, DataView, Uint8Array, the map's slot. */
const OVERHEAD_BYTES = 400;

/**
 * Keeps the pages used last, bounded by bytes; all readers of a dump share it.
 * @param load reads a page that is not in the cache
 * @param onPageRead called before each such read; may throw to stop
 */
export function cachePages(
  load: (pfn: number) => Page | MissingPage,
  pageSize: number,
  cacheBytes = DEFAULT_CACHE_BYTES,
  onPageRead: () => void = () => {},
): (pfn: number) => Page | MissingPage {
  // QuickLRU holds up to twice its maxSize.
  const cache = new QuickLRU<number, Page>({
    maxSize: Math.max(1, Math.floor(cacheBytes / (pageSize + OVERHEAD_BYTES) / 2)),
  });
  let lastPfn = -1;
  let lastPage: Page | undefined;
  return (pfn) => {
    if (pfn === lastPfn && lastPage !== undefined) return lastPage;
    let page = cache.get(pfn);
    if (page === undefined) {
      onPageRead();
      const loaded = load(pfn);
      if (loaded instanceof MissingPage) return loaded;
      page = loaded;
      cache.set(pfn, page);
    }
    lastPfn = pfn;
    lastPage = page;
    return page;
  };
}
