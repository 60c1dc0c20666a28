import { Unmapped } from '../../../memory/address-space.js';
import type { PageTableSpace } from '../../../memory/page-tables.js';
import type { X86KernelSpace } from './kernel-space.js';
import { mappedSpace } from '../../../memory/mapped-space.js';
import { pageTables, USER_HALF_PAGES } from './page-tables.js';

/**
 * A process's own memory, by the physical address of `mm->pgd`. Addresses of the kernel's half are not mapped in it.
 * With page table isolation `mm->pgd` is the kernel's PGD of the pair, which maps user space too.
 */
export function userSpace(kernel: X86KernelSpace, pgdPhysical: number): PageTableSpace {
  const { levels, smeMask } = kernel.tables;
  const tables = pageTables(kernel.physical, { root: pgdPhysical, levels, smeMask });
  const ownHalf = (pageNumber: number) =>
    pageNumber < USER_HALF_PAGES ? tables.frame(pageNumber) : new Unmapped('an address of the kernel');
  return { ...mappedSpace(kernel.physical, ownHalf), tables };
}
