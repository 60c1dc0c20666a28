import type { SymbolName } from '../../../../symbols/symbol-names.js';
import { directMapLimit, MOST_PHYSICAL_BYTES, type Base, type Bases } from '../../../memory/bases.js';
import type { BaseHints } from '../../../memory/kernel-space.js';
import { addressOfPage, pageNumberOf, ReadError, Unmapped, type AddressSpace } from '../../../memory/address-space.js';
import { KERNEL_MAP, KERNEL_MAP_PAGE, type X86KernelSpace } from './kernel-space.js';
import { mappedLeaves } from '../../../memory/mapped-leaves.js';

/**
 * KASLR's bases (arch/x86/mm/kaslr.c): by the kernel's own variables (page_offset_base, vmalloc_base, vmemmap_base),
 * else by VMCOREINFO, else by what the page tables map. Each answer is held against the page tables; one that they
 * contradict is not taken. A region that nothing tells is undefined.
 * The direct map, once found, becomes a linear rule of `space`: it can then be read where its page tables can't.
 */
export function findBases(space: X86KernelSpace, hints: BaseHints = {}): Bases {
  const known = knownFrames(space);
  const directMap = firstThat(directMapCandidates(space, hints), ({ address }) => directMapFits(space, address, known));
  const vmemmap = firstThat(vmemmapCandidates(space, hints, directMap), ({ address }) => couldBeBase(address));
  const vmalloc = firstThat(vmallocCandidates(space, hints, directMap), ({ address }) => couldBeBase(address));
  const bases = { directMap, vmalloc, vmemmap };
  if (directMap) {
    const startPage = pageNumberOf(directMap.address, space);
    space.addLinearRule({ startPage, endPage: startPage + directMapLimit(bases) / space.pageSize, pfn: 0 });
  }
  return bases;
}

/** The kernel's bases are multiples of 1 GiB (kernel_randomize_memory() masks with PUD_MASK). */
const BASE_ALIGNMENT = 2n ** 30n;
const PAGES_IN_GIB = 2 ** 18;

/** Bounds against tables that lead in circles. The direct map comes before all else but an alias or two. */
const STEPS_TO_DIRECT_MAP = 500_000;
const STEPS_TO_TEXT = 4096;
const MOST_CANDIDATES = 1000;

function* directMapCandidates(space: X86KernelSpace, hints: BaseHints): Generator<Base> {
  yield* variable(space, hints, 'page_offset_base');
  // The lowest region of the kernel's half. Its first page is physical 0; each other page of it tells the base as well.
  const tried = new Set<number>();
  for (const { pageNumber, pfn } of mappedLeaves(
    space.tables,
    kernelHalf(space),
    KERNEL_MAP_PAGE,
    undefined,
    STEPS_TO_DIRECT_MAP,
  )) {
    const base = pageNumber - pfn;
    if (base % PAGES_IN_GIB !== 0 || tried.has(base)) continue;
    if (tried.add(base).size > MOST_CANDIDATES) return;
    yield { address: addressOfPage(base, space), source: 'page tables' };
  }
}

/** Frames that the direct map must have: the top page table's and the kernel's text. */
function knownFrames(space: X86KernelSpace): number[] {
  const frames = [Math.floor(space.tables.root / space.pageSize)];
  for (const { pfn } of mappedLeaves(space.tables, KERNEL_MAP_PAGE, 2 ** 52, undefined, STEPS_TO_TEXT))
    return [...frames, pfn];
  return frames;
}

function directMapFits(space: X86KernelSpace, address: bigint, known: readonly number[]): boolean {
  if (!couldBeBase(address)) return false;
  const base = pageNumberOf(address, space);
  return known.every((pfn) => {
    const frame = space.tables.frame(base + pfn);
    return frame instanceof Unmapped ? frame.missingTable !== undefined : frame === pfn;
  });
}

function* vmemmapCandidates(space: X86KernelSpace, hints: BaseHints, directMap: Base | undefined): Generator<Base> {
  yield* variable(space, hints, 'vmemmap_base');
  const stated = hints.vmcoreinfo?.symbol('vmemmap'); // 7.x
  if (stated !== undefined) yield { address: stated, source: 'VMCOREINFO' };
  yield* vmemmapByMemSection(space, hints);
  if (directMap) yield* vmemmapByPageTables(space, directMap);
}

/** The low bits of mem_section.section_mem_map are flags (SECTION_MAP_MASK); a handful, and they grow. */
const SECTION_FLAGS = 0xffn;
const SECTION_PRESENT = 1n;

/**
 * With CONFIG_SPARSEMEM_EXTREME mem_section is a table of roots, and each section has the same number in it: vmemmap.
 */
function* vmemmapByMemSection(space: X86KernelSpace, { vmcoreinfo }: BaseHints): Generator<Base> {
  const roots = vmcoreinfo?.symbol('mem_section');
  const memberOffset = vmcoreinfo?.offset('mem_section.section_mem_map');
  if (roots === undefined || memberOffset === undefined) return;
  const firstRoot = attempt(space, roots);
  if (firstRoot === undefined || firstRoot === 0n) return;
  const sectionMap = attempt(space, firstRoot + BigInt(memberOffset));
  if (sectionMap === undefined || (sectionMap & SECTION_PRESENT) === 0n) return;
  yield { address: sectionMap & ~SECTION_FLAGS, source: 'mem_section' };
}

/** The first mapping above the direct map that starts a GiB and is full of list heads into itself: page.lru. */
function* vmemmapByPageTables(space: X86KernelSpace, directMap: Base): Generator<Base> {
  for (const { pageNumber } of leavesAboveDirectMap(space, directMap)) {
    if (pageNumber % PAGES_IN_GIB === 0 && isFullOfPageLinks(space, pageNumber)) {
      yield { address: addressOfPage(pageNumber, space), source: 'page tables' };
      return;
    }
  }
}

const STRUCT_PAGE_BYTES = 64;
const LRU_OFFSET = 8;

/** In the first page of vmemmap, most of the `struct page`s have in `lru` the address of an `lru`, often their own. */
function isFullOfPageLinks(space: AddressSpace, pageNumber: number): boolean {
  const page = space.page(pageNumber);
  if (!('view' in page)) return false;
  const base = addressOfPage(pageNumber, space);
  const end = base + BigInt(MOST_PHYSICAL_BYTES / space.pageSize) * BigInt(STRUCT_PAGE_BYTES);
  let links = 0;
  for (let offset = LRU_OFFSET; offset < space.pageSize; offset += STRUCT_PAGE_BYTES) {
    const link = page.view.getBigUint64(offset, true);
    if (link >= base && link < end && link % BigInt(STRUCT_PAGE_BYTES) === BigInt(LRU_OFFSET)) links++;
  }
  return links > space.pageSize / STRUCT_PAGE_BYTES / 2;
}

function* vmallocCandidates(space: X86KernelSpace, hints: BaseHints, directMap: Base | undefined): Generator<Base> {
  yield* variable(space, hints, 'vmalloc_base');
  const stated = hints.vmcoreinfo?.number('VMALLOC_START'); // 6.9 and later
  if (stated !== undefined) yield { address: stated, source: 'VMCOREINFO' };
  if (!directMap) return;
  // The kernel gives out vmalloc space from its start on, so the first mapping is in its first GiB.
  for (const { pageNumber } of leavesAboveDirectMap(space, directMap)) {
    yield { address: addressOfPage(pageNumber - (pageNumber % PAGES_IN_GIB), space), source: 'page tables' };
    return;
  }
}

/** Of memory in the largest machines; against tables that lead in circles. */
const MOST_GIB = 64 * 1024;
const STEPS_TO_NEXT_LEAF = 100_000;
/** What vmalloc has mapped lies between, page by page. */
const STEPS_TO_VMEMMAP = 2_000_000;

/** What is mapped above the direct map, which is stepped over by the GiB: it may have terabytes. */
function* leavesAboveDirectMap(space: X86KernelSpace, { address }: Base): Generator<{ pageNumber: number }> {
  const base = pageNumberOf(address, space);
  let pageNumber = base;
  for (let gib = 0; gib < MOST_GIB; gib++) {
    const [leaf] = mappedLeaves(space.tables, pageNumber, KERNEL_MAP_PAGE, undefined, STEPS_TO_NEXT_LEAF);
    if (!leaf) return;
    if (leaf.pageNumber - leaf.pfn !== base) break;
    pageNumber = leaf.pageNumber - (leaf.pageNumber % PAGES_IN_GIB) + PAGES_IN_GIB;
  }
  yield* mappedLeaves(space.tables, pageNumber, KERNEL_MAP_PAGE, undefined, STEPS_TO_VMEMMAP);
}

function* variable(space: X86KernelSpace, { symbolAddress }: BaseHints, name: SymbolName): Generator<Base> {
  const place = symbolAddress?.(name);
  const address = place === undefined ? undefined : attempt(space, place);
  if (address !== undefined) yield { address, source: 'variable' };
}

function attempt(space: AddressSpace, address: bigint): bigint | undefined {
  try {
    return space.u64(address);
  } catch (error) {
    if (error instanceof ReadError) return undefined;
    throw error;
  }
}

function couldBeBase(address: bigint): boolean {
  return address >= 1n << 63n && address < KERNEL_MAP && address % BASE_ALIGNMENT === 0n;
}

function kernelHalf({ tables: { levels } }: X86KernelSpace): number {
  return 2 ** 52 - 2 ** (levels * 9 - 1);
}

function firstThat<T>(candidates: Iterable<T>, fits: (candidate: T) => boolean): T | undefined {
  for (const candidate of candidates) if (fits(candidate)) return candidate;
  return undefined;
}
