/** struct pglist_data, include/linux/mmzone.h: a node's memory. */
export const pglistData = {
  struct: 'pglist_data',
  definedBy: 'out_of_memory',
  members: {
    node_zones: 'struct zone[]',
    node_zonelists: 'struct zonelist[]',
    node_start_pfn: 'unsigned long',
    node_present_pages: 'unsigned long',
    node_spanned_pages: 'unsigned long',
    node_id: 'int',
    kswapd_failures: { type: 'int', optional: true },
    vm_stat: 'long[]', // by enum node_stat_item
    per_cpu_nodestats: { type: 'struct per_cpu_nodestat *', percpu: true, optional: true },
  },
} as const;

/** struct zone, include/linux/mmzone.h. Presence decides, never the release. */
export const zone = {
  struct: 'zone',
  definedBy: 'out_of_memory',
  members: {
    name: 'char *',
    _watermark: 'unsigned long[]',
    watermark_boost: { type: 'unsigned long', optional: true },
    nr_reserved_highatomic: { type: 'unsigned long', optional: true },
    nr_free_highatomic: { type: 'unsigned long', optional: true },
    managed_pages: 'atomic_long_t',
    present_pages: 'unsigned long',
    spanned_pages: 'unsigned long',
    cma_pages: { type: 'unsigned long', optional: true },
    zone_start_pfn: 'unsigned long',
    lowmem_reserve: 'long[]',
    free_area: 'struct free_area[]',
    vm_stat: 'long[]', // by enum zone_stat_item
    per_cpu_zonestats: { type: 'struct per_cpu_zonestat *', percpu: true, optional: true }, // since 5.14 (28f836b6777b)
    per_cpu_pageset: { type: 'struct per_cpu_pages *', percpu: true, optional: true }, // since 5.14 (28f836b6777b)
    pageset: { type: 'struct per_cpu_pageset *', percpu: true, optional: true }, // before
  },
} as const;

/** struct per_cpu_pages, include/linux/mmzone.h. */
export const perCpuPages = {
  struct: 'per_cpu_pages',
  definedBy: 'out_of_memory',
  members: { count: 'int' },
} as const;

/** struct per_cpu_pageset, before 5.14. */
export const perCpuPageset = {
  struct: 'per_cpu_pageset',
  optional: true,
  definedBy: 'out_of_memory',
  members: { pcp: 'struct per_cpu_pages', vm_stat_diff: { type: 's8[]', optional: true } },
} as const;

/** struct free_area: one order's free lists, by migrate type. */
export const freeArea = {
  struct: 'free_area',
  definedBy: 'out_of_memory',
  members: { free_list: 'struct list_head[]', nr_free: 'unsigned long' },
} as const;

/** struct zonelist, include/linux/mmzone.h. */
export const zonelist = {
  struct: 'zonelist',
  definedBy: 'out_of_memory',
  members: {},
} as const;

/** struct per_cpu_zonestat, since 5.14: what a CPU has not folded into the zone's counters yet. */
export const perCpuZonestat = {
  struct: 'per_cpu_zonestat',
  optional: true,
  definedBy: 'out_of_memory',
  members: { vm_stat_diff: 's8[]' },
} as const;

/** struct per_cpu_nodestat, include/linux/mmzone.h. */
export const perCpuNodestat = {
  struct: 'per_cpu_nodestat',
  definedBy: 'out_of_memory',
  members: { vm_node_stat_diff: 's8[]' },
} as const;
