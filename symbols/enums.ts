/**
 * For enums, enumerators, typedefs, and structs without a shape: a function whose DWARF compile unit has them. BTF
 * needs no such hint. GCC keeps only the enums that a unit uses: those of mmzone.h stand with si_mem_available().
 */
export const anchors: Readonly<Record<string, string>> = {
  zone_stat_item: 'si_mem_available',
  node_stat_item: 'si_mem_available',
  numa_stat_item: 'si_mem_available',
  vm_event_item: 'si_mem_available',
  migratetype: 'si_mem_available',
  zone_type: 'si_mem_available',
  zone_watermarks: 'si_mem_available',
  lru_list: 'si_mem_available',
  node_states: 'si_mem_available',
  oom_constraint: 'out_of_memory',
  pageflags: 'si_mem_available',
  NR_VM_NODE_STAT_ITEMS: 'si_mem_available',
  NR_VM_ZONE_STAT_ITEMS: 'si_mem_available',
  NR_VM_NUMA_EVENT_ITEMS: 'si_mem_available',
  NR_VM_EVENT_ITEMS: 'si_mem_available',
  MM_FILEPAGES: 'out_of_memory',
  MM_ANONPAGES: 'out_of_memory',
  MM_SWAPENTS: 'out_of_memory',
  MM_SHMEMPAGES: 'out_of_memory',
  module_state: 'load_module',
  mod_mem_type: 'load_module',
  HWERR_RECOV_MAX: 'hwerr_log_error_type',
  hwerr_error_type: 'hwerr_log_error_type',
  nodemask_t: 'out_of_memory',
  cpumask_t: 'out_of_memory',
  memcg_vmstats_percpu: 'mem_cgroup_print_oom_meminfo',
};

/** For enumerators without an entry above. */
export const generalAnchor = 'si_mem_available';
