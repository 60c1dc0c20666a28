/** struct mem_cgroup, include/linux/memcontrol.h. */
export const memCgroup = {
  struct: 'mem_cgroup',
  definedBy: 'out_of_memory',
  members: {
    css: 'struct cgroup_subsys_state',
    memory: 'struct page_counter',
    swap: { type: 'struct page_counter', optional: true },
    memsw: { type: 'struct page_counter', optional: true }, // v1; the same counter as swap
    kmem: { type: 'struct page_counter', optional: true }, // v1
    oom_group: { type: 'bool', optional: true },
    memory_events: { type: 'long[]', optional: true }, // by enum memcg_memory_event
  },
} as const;

/** struct page_counter, include/linux/page_counter.h: in pages. */
export const pageCounter = {
  struct: 'page_counter',
  definedBy: 'out_of_memory',
  members: {
    usage: 'atomic_long_t',
    // LONG_MAX / PAGE_SIZE is "no limit", and below 2^53.
    max: 'unsigned long',
    min: 'unsigned long',
    low: 'unsigned long',
    emin: 'unsigned long',
    elow: 'unsigned long',
    children_min_usage: 'atomic_long_t',
    children_low_usage: 'atomic_long_t',
    watermark: 'unsigned long',
    failcnt: 'unsigned long',
  },
} as const;

/** struct cgroup_subsys_state, include/linux/cgroup-defs.h. */
export const cgroupSubsysState = {
  struct: 'cgroup_subsys_state',
  definedBy: 'out_of_memory',
  members: {
    cgroup: 'struct cgroup *',
    parent: 'struct cgroup_subsys_state *',
    sibling: 'struct list_head',
    children: 'struct list_head',
    id: 'int',
  },
} as const;

/** struct cgroup, include/linux/cgroup-defs.h. */
export const cgroup = {
  struct: 'cgroup',
  definedBy: 'out_of_memory',
  members: { kn: 'struct kernfs_node *', root: 'void *' },
} as const;

/** struct kernfs_node, include/linux/kernfs.h: gives a cgroup its name. */
export const kernfsNode = {
  struct: 'kernfs_node',
  definedBy: 'out_of_memory',
  members: {
    name: 'char *',
    __parent: { type: 'struct kernfs_node *', formerly: 'parent' }, // renamed in 6.15
  },
} as const;

/** struct memory_stat, mm/memcontrol.c: a line of memory.stat. */
export const memoryStat = {
  struct: 'memory_stat',
  definedBy: 'mem_cgroup_print_oom_meminfo',
  members: {
    name: 'char *',
    idx: 'unsigned int',
    ratio: { type: 'unsigned int', optional: true }, // up to 5.11
  },
} as const;
