import type { Kernel } from '../../kernel/kernel.js';

/** The free objects of a slab cache that a CPU allocates from first (kmem_cache_cpu.freelist of SLUB, until 7.0). */
export interface SlabFreeList {
  readonly cache: string;
  /** The first object. */
  readonly first: bigint;
  /** Where in an object the pointer to the next one is. */
  readonly offset: number;
}

/** Caches that are known: more than this is a broken list. */
const MOST_CACHES = 1 << 14;

/** Those of one CPU that have an object; none where the allocator keeps none. */
export function slabFreeLists(kernel: Kernel, cpu: number): readonly SlabFreeList[] {
  const found: SlabFreeList[] = [];
  if (!kernel.has('kmem_cache', 'cpu_slab') || !kernel.has('kmem_cache', 'offset')) return found;
  for (const cache of kernel.list(kernel.global('slab_caches'), 'kmem_cache', 'list')) {
    if (found.length >= MOST_CACHES) break;
    kernel.attempt('kmem_cache_cpu', () => {
      const { name, offset, cpu_slab: own } = cache;
      const first = own && kernel.perCpu(own, cpu)?.freelist;
      if (name !== null && offset !== undefined && first) found.push({ cache: name, first, offset });
    });
  }
  return found;
}
