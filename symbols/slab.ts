/** struct kmem_cache of SLUB, mm/slab.h (before 6.8 include/linux/slub_def.h). */
export const kmemCache = {
  struct: 'kmem_cache',
  definedBy: 'kmem_cache_free',
  members: {
    name: 'char *',
    flags: 'unsigned int',
    size: 'unsigned int',
    object_size: 'unsigned int',
    offset: { type: 'unsigned int', optional: true }, // of an object's pointer to the next free one
    cpu_slab: { type: 'struct kmem_cache_cpu *', percpu: true, optional: true }, // until 7.0
    oo: 'unsigned int', // order in the upper half, objects in the lower
    list: 'struct list_head',
    red_left_pad: { type: 'unsigned int', optional: true }, // SLUB_DEBUG
    node: { type: 'struct kmem_cache_node *[]', optional: true },
    per_node: { type: 'struct kmem_cache_per_node_ptrs[]', optional: true }, // in its place since 7.x, with a barn beside it
  },
} as const;

/** struct kmem_cache_cpu, mm/slub.c (before 6.8 include/linux/slub_def.h): what a CPU allocates from, until 7.0. */
export const kmemCacheCpu = {
  struct: 'kmem_cache_cpu',
  optional: true,
  definedBy: 'kmem_cache_free',
  members: { freelist: 'void **' },
} as const;

/** struct kmem_cache_per_node_ptrs, mm/slab.h, since 7.x. */
export const kmemCachePerNodePtrs = {
  struct: 'kmem_cache_per_node_ptrs',
  optional: true,
  definedBy: 'kmem_cache_free',
  members: { node: 'struct kmem_cache_node *' },
} as const;

/** struct kmem_cache_node of SLUB, mm/slub.c: a cache's slabs on one node. Counted with CONFIG_SLUB_DEBUG only. */
export const kmemCacheNode = {
  struct: 'kmem_cache_node',
  definedBy: 'kmem_cache_free',
  members: {
    nr_partial: 'unsigned long',
    partial: 'struct list_head',
    nr_slabs: { type: 'atomic_long_t', optional: true },
    total_objects: { type: 'atomic_long_t', optional: true },
  },
} as const;

/** struct slab, mm/slab.h, since 5.17; a slab's fields lay in struct page before. */
export const slab = {
  struct: 'slab',
  optional: true,
  definedBy: 'kmem_cache_free',
  members: {
    slab_list: 'struct list_head',
    inuse: 'unsigned int',
    objects: 'unsigned int',
    slab_cache: { type: 'struct kmem_cache *', optional: true },
  },
} as const;
