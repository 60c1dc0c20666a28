import { MissingPage, Page, type PhysicalMemory } from '../../../memory/physical-memory.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { pageNumberOf } from '../../../memory/address-space.js';
import { pageLayout, type PageKind } from './page-layout.js';
import { kindAt } from './scan-pages.js';

/** Slab pages that were looked for in the dump, and how many of them its filter left out. */
export interface Sample {
  looked: number;
  missing: number;
}

/**
 * Slab pages that a filter mistakes which does not know this kernel's struct page: `lookLikeAnon`, since another word
 * of struct slab stands where `mapping` does (PG_slab, which told them apart, became a type in 6.12), and `tails`,
 * since a tail's word that leads to its head is another (compound_info, 7.1).
 */
export type MissingSlab = Record<'lookLikeAnon' | 'tails', Sample>;

/** Pages of struct page that are looked at, all over memory, and slab pages of each sort: some milliseconds. */
const MOST_ARRAY_PAGES = 512;
const MOST_LOOKED = 64;

const PAGE_MAPPING_ANON = 1;

/**
 * A sample of the slab pages by the kernel's own account; undefined where its struct pages can't be read, or PG_slab is
 * a flag.
 */
export function missingSlab(kernel: Kernel, physical: PhysicalMemory): MissingSlab | undefined {
  return kernel.peek('a sample of the slab pages', () => sampled(kernel, physical));
}

function sampled(kernel: Kernel, physical: PhysicalMemory): MissingSlab | undefined {
  const base = kernel.bases.vmemmap;
  // Where it is a flag, every filter sees it.
  if (!base || kernel.enumerator('PG_slab') !== undefined) return undefined;
  const layout = kernel.once('page layout', () => pageLayout(kernel));
  const perPage = Math.floor(physical.pageSize / layout.size);
  const firstArrayPage = pageNumberOf(base.address, kernel.memory);
  const found: MissingSlab = { lookLikeAnon: { looked: 0, missing: 0 }, tails: { looked: 0, missing: 0 } };
  for (const first of sampledFrames(physical, perPage)) {
    if (found.lookLikeAnon.looked === MOST_LOOKED && found.tails.looked === MOST_LOOKED) break;
    const page = kernel.memory.page(firstArrayPage + first / perPage);
    if (!(page instanceof Page)) continue;
    let last: PageKind = 'unused';
    for (let i = 0; i < perPage; i++) {
      const at = i * layout.size;
      const isTail = (page.view.getUint32(at + layout.head, true) & 1) !== 0;
      if (!isTail) last = kindAt(layout, page.view, at);
      if (last !== 'slab') continue;
      if (isTail) lookFor(found.tails, first + i);
      else if ((page.view.getUint32(at + layout.mapping, true) & PAGE_MAPPING_ANON) !== 0)
        lookFor(found.lookLikeAnon, first + i);
    }
  }
  return found;

  function lookFor(sample: Sample, pfn: number): void {
    if (sample.looked === MOST_LOOKED) return;
    sample.looked++;
    const slab = physical.page(pfn);
    if (slab instanceof MissingPage && slab.kind === 'excluded') sample.missing++;
  }
}

/** The first frames of pages of the array, evenly over what the dump knows as RAM. */
function* sampledFrames(physical: PhysicalMemory, perPage: number): Generator<number> {
  const bytesPerArrayPage = perPage * physical.pageSize;
  let ram = 0;
  for (const { start, end } of physical.ranges()) ram += end - start;
  const step = Math.max(1, Math.ceil(ram / bytesPerArrayPage / MOST_ARRAY_PAGES)) * bytesPerArrayPage;
  let next = 0;
  for (const { start, end } of physical.ranges()) {
    for (next = Math.max(next, start); next < end; next += step) yield Math.floor(next / bytesPerArrayPage) * perPage;
  }
}
