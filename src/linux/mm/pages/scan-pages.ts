import { Page } from '../../../memory/physical-memory.js';
import { Implausible } from '../../../kernel/gaps.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { pageNumberOf, Unmapped, unreadableInWords } from '../../../memory/address-space.js';
import { pageKinds, pageLayout, type PageKind, type PageLayout } from './page-layout.js';

/** Page frames by use; `missing` are those whose struct page is not in the dump. */
export type PageCounts = Record<PageKind | 'missing', number>;

/** Largest block of the buddy allocator that is believed, as an order. */
const HIGHEST_ORDER = 20;
/** The top byte of a kernel address, with four levels of page tables or five. */
const KERNEL_HALF = 0xff;
const ANON = 1;
const MAPPING_BITS = 3;

/**
 * What each frame from `startPfn` on is used for, by the array of struct page (SPARSEMEM_VMEMMAP). Tail pages count as
 * their head; a free block counts as a whole. Reads whole pages of the array and makes no object for a frame.
 * @throws Implausible where the array's place is not known, ShapeError where struct page lacks something
 */
export function scanPages(kernel: Kernel, startPfn: number, endPfn: number): PageCounts {
  const base = kernel.bases.vmemmap;
  if (!base) throw new Implausible('the array of struct page (vmemmap) was not found');
  const layout = kernel.once('page layout', () => pageLayout(kernel));
  const { pageSize } = kernel.memory;
  if (pageSize % layout.size !== 0)
    throw new Implausible(`a struct page of ${layout.size} bytes, which does not divide a page`);
  const perPage = pageSize / layout.size;
  const firstArrayPage = pageNumberOf(base.address, kernel.memory);
  const counts = Object.fromEntries([...pageKinds, 'missing' as const].map((kind) => [kind, 0])) as PageCounts;

  let last: PageKind = 'unused';
  for (let pfn = startPfn; pfn < endPfn;) {
    kernel.guard.step();
    const page = kernel.memory.page(firstArrayPage + Math.floor(pfn / perPage));
    const endOfPage = Math.min(endPfn, (Math.floor(pfn / perPage) + 1) * perPage);
    // A section without RAM has no array.
    if (page instanceof Unmapped && !page.missingTable) {
      pfn = endOfPage;
      continue;
    }
    if (!(page instanceof Page)) {
      if (counts.missing === 0)
        kernel.gap('struct page', unreadableInWords(page), base.address + BigInt(pfn * layout.size));
      counts.missing += endOfPage - pfn;
      pfn = endOfPage;
      continue;
    }
    while (pfn < endOfPage) {
      const at = (pfn % perPage) * layout.size;
      const isTail = (page.view.getUint32(at + layout.head, true) & 1) !== 0;
      if (!isTail) last = kindAt(layout, page.view, at);
      const frames = last === 'free' && !isTail ? blockFrames(layout, page.view, at) : 1;
      counts[last] += Math.min(frames, endPfn - pfn);
      pfn += frames;
    }
  }
  return counts;
}

/** What the head of a page is used for, by its struct page at `at`. */
export function kindAt(layout: PageLayout, view: DataView, at: number): PageKind {
  const flags = view.getUint32(at + layout.flags, true);
  const typed = layout.kindOfType(view.getInt32(at + layout.type, true));
  if (typed !== undefined) return typed;
  if ((flags & layout.slabFlag) !== 0) return 'slab';
  const huge = layout.hugetlbMark;
  if (huge && (flags & huge.head) !== 0 && view.getUint8(at + huge.at) === huge.value) return 'hugetlb';
  if ((flags & layout.reserved) !== 0) return 'reserved';
  const mappingLow = view.getUint32(at + layout.mapping, true);
  if (mappingLow !== 0 && view.getUint32(at + layout.mapping + 4, true) >>> 24 === KERNEL_HALF) {
    if ((mappingLow & MAPPING_BITS & ANON) !== 0) return 'anon';
    if ((mappingLow & MAPPING_BITS) === 0) return (flags & layout.swapBacked) !== 0 ? 'shmem' : 'file';
  }
  // Frames on per-CPU lists and in memory that the allocator never had are counted by nobody.
  return view.getInt32(at + layout.refcount, true) > 0 ? 'kernel' : 'unused';
}

function blockFrames(layout: PageLayout, view: DataView, at: number): number {
  const order = view.getUint32(at + layout.private, true);
  return order <= HIGHEST_ORDER ? 2 ** order : 1;
}
