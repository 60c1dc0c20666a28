/** Where a region of kernel memory starts, and what told so. */
export interface Base {
  address: bigint;
  source: 'variable' | 'VMCOREINFO' | 'mem_section' | 'page tables';
}

/** The regions whose place KASLR chooses, ascending in this order. */
export interface Bases {
  /** Where physical address 0 is mapped, or would be: all physical memory follows. */
  directMap?: Base | undefined;
  vmalloc?: Base | undefined;
  /** `struct page` of every frame. */
  vmemmap?: Base | undefined;
}

/** More than any 64-bit architecture has: 52 bits of physical address. */
export const MOST_PHYSICAL_BYTES = 2 ** 52;

/** __va(): where the direct map has a physical address. */
export function directMapAddress({ directMap }: Bases, physical: number): bigint | undefined {
  return directMap && directMap.address + BigInt(physical);
}

/** __pa() of an address in the direct map; undefined for every other. */
export function physicalOfDirectMap(bases: Bases, address: bigint): number | undefined {
  if (!bases.directMap || address < bases.directMap.address) return undefined;
  const physical = Number(address - bases.directMap.address);
  return physical < directMapLimit(bases) ? physical : undefined;
}

/** How much memory the direct map has room for: the next region ends it. */
export function directMapLimit({ directMap, vmalloc, vmemmap }: Bases): number {
  const next = vmalloc ?? vmemmap;
  if (!directMap || !next || next.address <= directMap.address) return MOST_PHYSICAL_BYTES;
  return Number(next.address - directMap.address);
}
