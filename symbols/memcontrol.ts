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
    memory_events: { type: 'long[]', optional: true }, // by enum memcg_memory_event
    vmstats: { type: 'struct memcg_vmstats *', optional: true }, // since 6.1; the struct itself since 5.13, and before an array
    vmevents: { type: 'long[]', optional: true }, // up to 5.12
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

/** struct memcg_vmstats, mm/memcontrol.c (before 6.1 include/linux/memcontrol.h), since 5.13. */
export const memcgVmstats = {
  struct: 'memcg_vmstats',
  optional: true,
  definedBy: 'mem_cgroup_print_oom_meminfo',
  members: {
    state: 'long[]',
    events: 'unsigned long[]',
  },
} as const;
