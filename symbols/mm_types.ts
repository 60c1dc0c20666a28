/** struct page, include/linux/mm_types.h: one for each page frame. */
export const page = {
  struct: 'page',
  definedBy: 'out_of_memory',
  members: {
    flags: 'u64',
    compound_info: { type: 'u64', formerly: 'compound_head' }, // renamed in 7.1; bit 0 tells a tail page
    mapping: 'void *',
    private: 'u64',
    page_type: 'unsigned int', // where _mapcount is
    _refcount: 'atomic_t',
    compound_dtor: { type: 'unsigned char', optional: true }, // of the first tail page
    index: { type: 'u64', optional: true },
    memcg_data: { type: 'u64', optional: true },
    mem_cgroup: { type: 'struct mem_cgroup *', optional: true }, // before 5.11
    slab_cache: { type: 'struct kmem_cache *', optional: true }, // of a slab: struct slab has these since 5.17
    slab_list: { type: 'struct list_head', optional: true },
    counters: { type: 'u64', optional: true }, // inuse:16, objects:15, frozen:1
  },
} as const;

/** struct mm_struct, include/linux/mm_types.h. */
export const mm = {
  struct: 'mm_struct',
  definedBy: 'out_of_memory',
  members: {
    pgd: { type: 'u64', optional: true },
    mm_users: 'atomic_t',
    pgtables_bytes: 'atomic_long_t',
    rss_stat: { type: 'struct mm_rss_stat', optional: true }, // up to 6.1
    rss_counters: { type: 'struct percpu_counter[]', optional: true, formerly: 'rss_stat' }, // the same member since 6.2 (f1a7941243c1)
    total_vm: 'unsigned long',
    locked_vm: 'unsigned long',
    pinned_vm: { type: 'atomic64_t', optional: true }, // a long before 5.1 (70f8a3ca68d3)
    flags: { type: 'u64', optional: true }, // a bitmap since 6.18
    mmap: { type: 'struct vm_area_struct *', optional: true }, // a list up to 6.0
    mm_mt: { type: 'struct maple_tree', optional: true }, // a maple tree since 6.1
  },
} as const;

/** struct vm_area_struct, include/linux/mm_types.h. */
export const vma = {
  struct: 'vm_area_struct',
  definedBy: 'out_of_memory',
  members: {
    vm_start: 'void *',
    vm_end: 'void *',
    vm_next: { type: 'struct vm_area_struct *', optional: true },
  },
} as const;

/** struct mm_rss_stat, include/linux/mm_types_task.h, up to 6.1: pages by MM_FILEPAGES and its fellows. */
export const mmRssStat = {
  struct: 'mm_rss_stat',
  optional: true,
  definedBy: 'out_of_memory',
  members: { count: 'atomic_long_t[]' },
} as const;

/** struct task_rss_stat, up to 6.1 with SPLIT_RSS_COUNTING: what a thread has not yet added to its mm. */
export const taskRssStat = {
  struct: 'task_rss_stat',
  optional: true,
  definedBy: 'out_of_memory',
  members: { count: 'int[]' },
} as const;

/** struct folio, include/linux/mm_types.h, since 5.16. */
export const folio = {
  struct: 'folio',
  optional: true,
  definedBy: 'out_of_memory',
  members: {
    index: 'u64',
  },
} as const;
