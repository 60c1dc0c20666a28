/** What a report says of the machine's memory, as show_mem() prints it; sizes in the unit that a counter's name has. */

/** A number as the kernel printed it; a bigint only where it exceeds 2^53 and a double would lose digits. */
export type Count = number | bigint;

/** Counters by the kernel's own name. A vendor's kernel may have more than the known ones; their order is kept. */
export type Counters<Known extends string = never> = { readonly [name in Known]?: Count } & {
  readonly [name: string]: Count | undefined;
};

/** Counters of the `Mem-Info:` lines, by the names printed, in pages. */
export type MemInfoCounter =
  | 'active_anon'
  | 'inactive_anon'
  | 'isolated_anon'
  | 'active_file'
  | 'inactive_file'
  | 'isolated_file'
  | 'unevictable'
  | 'dirty'
  | 'writeback'
  | 'unstable'
  | 'slab_reclaimable'
  | 'slab_unreclaimable'
  | 'mapped'
  | 'shmem'
  | 'pagetables'
  | 'sec_pagetables'
  | 'bounce'
  | 'kernel_misc_reclaimable'
  | 'free'
  | 'free_pcp'
  | 'free_cma';

/** Counters of a "Node 0 …" line, by the names printed, in kB. */
export type NodeCounter =
  | 'active_anon'
  | 'inactive_anon'
  | 'active_file'
  | 'inactive_file'
  | 'unevictable'
  | 'isolated(anon)'
  | 'isolated(file)'
  | 'mapped'
  | 'dirty'
  | 'writeback'
  | 'shmem'
  | 'shmem_thp'
  | 'shmem_pmdmapped'
  | 'anon_thp'
  | 'writeback_tmp'
  | 'unstable'
  | 'kernel_stack'
  | 'shadow_call_stack'
  | 'pagetables'
  | 'sec_pagetables'
  | 'Balloon'
  | 'gpu_active'
  | 'gpu_reclaim';

/** A node’s line of show_free_areas(). */
export interface NodeState {
  readonly node: number;
  readonly kB: Counters<NodeCounter>;
  readonly allUnreclaimable?: boolean;
}

/** Counters of a "Node 0 Normal …" line, by the names printed, in kB. */
export type ZoneCounter =
  | 'free'
  | 'boost'
  | 'min'
  | 'low'
  | 'high'
  | 'promo'
  | 'reserved_highatomic'
  | 'free_highatomic'
  | 'active_anon'
  | 'inactive_anon'
  | 'active_file'
  | 'inactive_file'
  | 'unevictable'
  | 'isolated(anon)'
  | 'isolated(file)'
  | 'writepending'
  | 'zspages'
  | 'present'
  | 'managed'
  | 'mlocked'
  | 'dirty'
  | 'writeback'
  | 'mapped'
  | 'shmem'
  | 'slab_reclaimable'
  | 'slab_unreclaimable'
  | 'kernel_stack'
  | 'pagetables'
  | 'unstable'
  | 'bounce'
  | 'free_pcp'
  | 'local_pcp'
  | 'free_cma'
  | 'writeback_tmp';

/** A zone’s line of show_free_areas(), with its lowmem_reserve. */
export interface ZoneState {
  /** absent: a kernel without NUMA prints none; it is node 0. */
  readonly node?: number;
  readonly name: string;
  readonly kB: Counters<ZoneCounter>;
  /** By zone index of the request, in pages. */
  readonly lowmemReservePages?: readonly number[];
  /** Until 4.7. */
  readonly pagesScanned?: Count;
  readonly allUnreclaimable?: boolean;
}

/** A zone’s free blocks by order: "Node 0 Normal: 12*4kB (UE) …". */
export interface FreeList {
  readonly node?: number;
  readonly zone: string;
  /**
   * Index is the order. `types`: the migrate types that have a page there: U M E H C I; undefined where not printed.
   */
  readonly orders: readonly { readonly blocks: Count; readonly blockKB: number; readonly types?: string }[];
  readonly totalKB?: Count;
}

/** hugetlb_show_meminfo_node(): pages of `sizeKB` each. */
export interface HugepagePool {
  readonly node: number;
  readonly total: Count;
  readonly free: Count;
  readonly surplus: Count;
  readonly sizeKB: number;
}

/** show_swap_cache_info(). */
export interface SwapState {
  readonly cachePages?: Count;
  /** Until 5.1x. */
  readonly cacheStats?: {
    readonly add: Count;
    readonly delete: Count;
    readonly findSuccess: Count;
    readonly findTotal: Count;
  };
  readonly freeKB?: Count;
  readonly totalKB?: Count;
}

/** In pages. */
export interface Totals {
  readonly ram?: Count;
  readonly highmem?: Count;
  readonly reserved?: Count;
  readonly cmaReserved?: Count;
  readonly hwpoisoned?: Count;
  /** Further totals of old kernels by what stands after "pages": "shared", "non-shared", "in pagetable cache". */
  readonly others?: Counters;
}

/** Unreclaimable slabs: dump_unreclaimable_slab(). */
export interface SlabList {
  readonly caches: readonly SlabCache[];
  /** "excessive unreclaimable slab but cannot dump stats" */
  readonly unavailable?: string;
}
/** A slab cache, with what its objects in use, and all of them, take. */
export interface SlabCache {
  readonly name: string;
  /** absent: not all of its partial slabs can be read. */
  readonly usedKB?: Count;
  readonly totalKB: Count;
}

/** Memory by the line of code that took it: alloc_tag, since 6.10. */
export interface AllocationSite {
  readonly size: string;
  readonly calls: Count;
  readonly site: string;
}
