import type { Kernel } from '../../kernel/kernel.js';

/** Whether a `struct mem_cgroup` stands there: its css says that it is of the memory controller. @throws ReadError */
export function isMemcg(kernel: Kernel, address: bigint): boolean {
  const controller = kernel.findSymbol('memory_cgrp_subsys');
  const css = address + BigInt(kernel.offsetOf('mem_cgroup', 'css'));
  return (
    controller !== undefined &&
    kernel.memory.u64(css + BigInt(kernel.offsetOf('cgroup_subsys_state', 'ss'))) === controller
  );
}

/**
 * mem_cgroup_get_max(): what a cgroup's badness is measured against, in pages; 1 where that is 0. With swappiness 0
 * swap is left out, which is not looked at here: both values are given.
 * @throws ReadError
 */
export function memcgLimitPages(kernel: Kernel, address: bigint): readonly number[] {
  const memcg = kernel.ref('mem_cgroup', address);
  const memory = memcg.memory.max;
  const swap = kernel.hasGlobal('total_swap_pages') ? kernel.global('total_swap_pages') : 0;
  const ofSwap = memcg.swap === undefined ? [] : [memory + Math.min(memcg.swap.max, swap)];
  const ofBoth = memcg.memsw === undefined ? [] : [memory + Math.min(Math.max(memcg.memsw.max - memory, 0), swap)];
  return [...new Set([memory, ...ofSwap, ...ofBoth])].map((pages) => (pages === 0 ? 1 : pages));
}
