import type { Kernel } from '../../kernel/kernel.js';
import { onlineNodes } from './nodes.js';

/** The pool of one size of huge pages; counts are of huge pages. */
export interface HugetlbPool {
  readonly sizeKB: number;
  readonly total: number;
  readonly free: number;
  /** Promised to mappings that have not touched them yet: free, but not for anyone else. */
  readonly reserved: number;
  readonly surplus: number;
  readonly nodes: readonly {
    readonly node: number;
    readonly total: number;
    readonly free: number;
    readonly surplus: number;
  }[];
}

/**
 * Every size that the machine has, in the kernel's order, as hugetlb_show_meminfo_node() prints them; empty without
 * hugetlb.
 */
export function hugetlbPools(kernel: Kernel): readonly HugetlbPool[] {
  if (!kernel.hasGlobal('hstates') || !kernel.hasGlobal('hugetlb_max_hstate')) return [];
  const count = kernel.global('hugetlb_max_hstate');
  const nodes = onlineNodes(kernel).map((node) => node.node_id);
  return kernel
    .global('hstates')
    .slice(0, Math.max(count, 0))
    .map((hstate) => {
      const total = hstate.nr_huge_pages_node;
      const free = hstate.free_huge_pages_node;
      const surplus = hstate.surplus_huge_pages_node;
      return {
        sizeKB: (kernel.memory.pageSize / 1024) * 2 ** hstate.order,
        total: hstate.nr_huge_pages,
        free: hstate.free_huge_pages,
        reserved: hstate.resv_huge_pages,
        surplus: hstate.surplus_huge_pages,
        // The arrays have MAX_NUMNODES elements.
        nodes: nodes.map((node) => ({ node, total: total[node]!, free: free[node]!, surplus: surplus[node]! })),
      };
    });
}
