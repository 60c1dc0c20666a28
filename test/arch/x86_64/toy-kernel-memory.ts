import { kernelSpace, type X86KernelSpace } from '../../../src/arch/x86_64/memory/kernel-space.js';
import type { KernelFacts } from '../../../src/arch/x86_64/memory/kernel-facts.js';
import { buildPageTables, type ToyMapping, type ToyPageTables } from '../../../src/testing/build-page-tables.js';
import { toyMemory, type ToyMemory } from '../../../src/testing/toy-memory.js';

/** Where the toy's kernel lies: its image 16 MiB into memory and, by KASLR, 0x7000000 above where it was linked. */
export const toy = {
  stext: 0xffffffff88000000n,
  textPhysical: 0x1000000,
  physBase: 0x1000000 - 0x8000000,
  swapperPgDir: 0xffffffff88400000n,
  swapperPhysical: 0x1400000,
  directMap: 0xffff95f0c0000000n,
  vmalloc: 0xffffaf2880000000n,
  vmemmap: 0xffffe24c80000000n,
};

export interface ToyKernelMemory {
  memory: ToyMemory;
  tables: ToyPageTables;
  facts: KernelFacts;
  space: () => X86KernelSpace;
}

/** A kernel's memory as page tables have it: image, direct map of 64 MiB, a vmalloc page, the start of vmemmap. */
export function toyKernelMemory({
  levels = 4,
  mappings = [],
}: { levels?: 4 | 5; mappings?: readonly ToyMapping[] } = {}): ToyKernelMemory {
  const memory = toyMemory();
  const tables = buildPageTables(memory, {
    at: toy.swapperPhysical,
    levels,
    mappings: [
      { address: toy.stext, physical: toy.textPhysical, pages: 4, size: '2M' },
      { address: toy.directMap, physical: 0, pages: 512 },
      { address: toy.directMap + 0x200000n, physical: 0x200000, pages: 31, size: '2M' },
      { address: toy.vmalloc + 0x3000n, physical: 0x2345000 },
      { address: toy.vmemmap, physical: 0x3000000, size: '2M' },
      ...mappings,
    ],
  });
  memory.write(toy.textPhysical, Buffer.from('text'));
  // INIT_LIST_HEAD(&page->lru)
  for (let n = 0n; n < 64n; n++) memory.writeU64(0x3000008 + Number(n) * 64, toy.vmemmap + n * 64n + 8n);
  const facts: KernelFacts = {
    stext: toy.stext,
    swapperPgDir: toy.swapperPgDir,
    physBase: toy.physBase,
    fiveLevels: levels === 5,
  };
  return { memory, tables, facts, space: () => kernelSpace(memory, facts) };
}
