import type { Kernel } from '../../kernel/kernel.js';
import { globalNodeCounters, globalZoneCounters } from './vmstat.js';

/** Memory that the kernel holds for itself and that no process's rss has. undefined: this kernel does not count it. */
export interface KernelMemory {
  /** pcpu_nr_pages(): pages of per-CPU chunks, over all units. */
  readonly percpuPages: number | undefined;
  readonly vmallocPages: number | undefined;
  readonly kernelStackKB: number | undefined;
  readonly pagetablePages: number | undefined;
  readonly secondaryPagetablePages: number | undefined;
}

/** VmallocUsed, Percpu, KernelStack, PageTables and SecPageTables of /proc/meminfo. */
export function kernelMemory(kernel: Kernel): KernelMemory {
  const node = globalNodeCounters(kernel);
  return {
    percpuPages:
      kernel.hasGlobal('pcpu_nr_populated') && kernel.hasGlobal('pcpu_nr_units')
        ? kernel.attempt('pcpu_nr_populated', () => kernel.global('pcpu_nr_populated') * kernel.global('pcpu_nr_units'))
        : undefined,
    // A node counter since 7.x.
    vmallocPages:
      node.get('NR_VMALLOC') ??
      (kernel.hasGlobal('nr_vmalloc_pages')
        ? kernel.attempt('nr_vmalloc_pages', () => kernel.global('nr_vmalloc_pages'))
        : undefined),
    kernelStackKB: node.get('NR_KERNEL_STACK_KB'),
    // Counted by zone up to 5.10.
    pagetablePages: node.get('NR_PAGETABLE') ?? globalZoneCounters(kernel).get('NR_PAGETABLE'),
    secondaryPagetablePages: node.get('NR_SECONDARY_PAGETABLE'),
  };
}
