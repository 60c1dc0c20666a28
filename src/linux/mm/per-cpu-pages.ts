import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/**
 * Pages on a zone's per-CPU lists by CPU number, over all possible CPUs. show_mem() prints the sum as free_pcp and the
 * CPU's own as local_pcp.
 */
export function perCpuPages(kernel: Kernel, zone: Ref<'zone'>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const cpu of kernel.possibleCpus()) {
    const count = kernel.attempt(`per-CPU pages of ${zone.name}, CPU ${cpu}`, () => listsOf(kernel, zone, cpu)?.count);
    if (count !== undefined) counts.set(cpu, count);
  }
  return counts;
}

function listsOf(kernel: Kernel, zone: Ref<'zone'>, cpu: number): Ref<'per_cpu_pages'> | undefined {
  if (zone.per_cpu_pageset !== undefined) return kernel.perCpu(zone.per_cpu_pageset, cpu);
  // Before 5.14 (28f836b6777b) inside a struct with the counters' differences.
  return zone.pageset === undefined ? undefined : kernel.perCpu(zone.pageset, cpu).pcp;
}
