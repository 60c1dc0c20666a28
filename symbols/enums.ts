/**
 * For enums, enumerators and typedefs: a function whose DWARF compile unit has them. BTF needs no such hint.
 */
export const anchors: Readonly<Record<string, string>> = {
  zone_stat_item: 'out_of_memory',
  node_stat_item: 'out_of_memory',
  numa_stat_item: 'out_of_memory',
  vm_event_item: 'out_of_memory',
  migratetype: 'out_of_memory',
  zone_type: 'out_of_memory',
  zone_watermarks: 'out_of_memory',
  lru_list: 'out_of_memory',
  node_states: 'out_of_memory',
  oom_constraint: 'out_of_memory',
  pageflags: 'out_of_memory',
  NR_VM_NODE_STAT_ITEMS: 'out_of_memory',
  NR_VM_ZONE_STAT_ITEMS: 'out_of_memory',
  NR_VM_NUMA_EVENT_ITEMS: 'out_of_memory',
  NR_VM_EVENT_ITEMS: 'out_of_memory',
  MM_FILEPAGES: 'out_of_memory',
  MM_ANONPAGES: 'out_of_memory',
  MM_SWAPENTS: 'out_of_memory',
  MM_SHMEMPAGES: 'out_of_memory',
  nodemask_t: 'out_of_memory',
  cpumask_t: 'out_of_memory',
};
