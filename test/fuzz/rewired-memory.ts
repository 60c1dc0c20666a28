import { Page, type PhysicalMemory } from '../../src/memory/physical-memory.js';

/** Kernel addresses of x86 begin so: direct map, vmalloc, vmemmap, the kernel's image and modules. */
const KERNEL = 0xffff_8000_0000_0000n;

/**
 * A dump's memory in which some pointers lead elsewhere: to where they stand themselves, to where another leads or
 * stands, or a little beside. Lists become circles without their head, trees grow into themselves.
 * @param places physical address and value of the pointers to choose from
 */
export function rewiredMemory(
  memory: PhysicalMemory,
  places: readonly { readonly at: number; readonly from: bigint; readonly to: bigint }[],
  random: () => number,
  count: number,
): PhysicalMemory {
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const pages = new Map<number, Page>();
  for (let i = 0; i < count; i++) {
    const { at, from, to } = any(places);
    const pfn = Math.floor(at / memory.pageSize);
    const page = pages.get(pfn) ?? copyOf(memory.page(pfn));
    if (page === undefined) continue;
    pages.set(pfn, page);
    const other = any(places);
    const value = any([from, from, to & ~0xfffn, to + 8n, to - 8n, from - 8n, from - 16n, other.to, other.from]);
    page.view.setBigUint64(at % memory.pageSize, BigInt.asUintN(64, value), true);
  }
  return {
    pageSize: memory.pageSize,
    ranges: () => memory.ranges(),
    *stored(most) {
      for (const { pfn, bytes } of memory.stored(most)) yield { pfn, bytes: pages.get(pfn)?.bytes ?? bytes };
    },
    page: (pfn) => pages.get(pfn) ?? memory.page(pfn),
  };
}

function copyOf(page: ReturnType<PhysicalMemory['page']>): Page | undefined {
  return page instanceof Page ? new Page(Uint8Array.from(page.bytes)) : undefined;
}

/** The words of these pages that look like a pointer of the kernel; `addressOf` a page frame in the direct map. */
export function pointersIn(
  memory: PhysicalMemory,
  pfns: Iterable<number>,
  addressOf: (pfn: number) => bigint,
): { at: number; from: bigint; to: bigint }[] {
  const found: { at: number; from: bigint; to: bigint }[] = [];
  for (const pfn of pfns) {
    const page = memory.page(pfn);
    if (!(page instanceof Page)) continue;
    for (let offset = 0; offset < memory.pageSize; offset += 8) {
      const to = page.view.getBigUint64(offset, true);
      if (to >= KERNEL && to < 0xffff_ffff_ffff_f000n)
        found.push({ at: pfn * memory.pageSize + offset, from: addressOf(pfn) + BigInt(offset), to });
    }
  }
  return found;
}
