/**
 * The kernel's global variables that oompm reads: BTF has no types for them. Names in the kernel's words; `length` of an
 * array is an enumerator, or what VMCOREINFO or the symbol's size says where it is missing.
 */
export const globals = {
  init_task: { type: 'struct task_struct' },
  init_uts_ns: { type: 'struct uts_namespace' },
  init_pid_ns: { type: 'struct pid_namespace' },
  linux_banner: { type: 'char[]' },
  node_data: { type: 'struct pglist_data *[]' },
  nr_node_ids: { type: 'unsigned int' },
  nr_cpu_ids: { type: 'unsigned int' },
  nr_threads: { type: 'int' },
  __per_cpu_offset: { type: 'u64[]' },
  __cpu_possible_mask: { type: 'struct cpumask' },
  __cpu_online_mask: { type: 'struct cpumask' },
  __cpu_present_mask: { type: 'struct cpumask' },
  node_states: { type: 'struct nodemask_t[]' },
  vm_node_stat: { type: 'long[]', length: 'NR_VM_NODE_STAT_ITEMS' },
  vm_zone_stat: { type: 'long[]', length: 'NR_VM_ZONE_STAT_ITEMS' },
  vm_numa_event: { type: 'long[]', length: 'NR_VM_NUMA_EVENT_ITEMS' },
  vm_numa_stat: { type: 'long[]', length: 'NR_VM_NUMA_STAT_ITEMS' },
  contig_page_data: { type: 'struct pglist_data' },
  totalcma_pages: { type: 'unsigned long' },
  num_poisoned_pages: { type: 'atomic_long_t' },
  vm_event_states: { type: 'struct vm_event_state', percpu: true },
  runqueues: { type: 'struct rq', percpu: true },
  current_task: { type: 'struct task_struct *', percpu: true },
  pcpu_hot: { type: 'struct pcpu_hot', percpu: true },
  crash_notes: { type: 'void *' }, // a pointer into the per-CPU areas
  modules: { type: 'struct list_head' },
  btf_modules: { type: 'struct list_head' },
  prb: { type: 'struct printk_ringbuffer *' },
  log_buf: { type: 'void *' },
  log_buf_len: { type: 'u32' },
  log_first_idx: { type: 'u32' },
  log_next_idx: { type: 'u32' },
  log_first_seq: { type: 'u64' },
  log_next_seq: { type: 'u64' },
  panic_cpu: { type: 'atomic_t' },
  tainted_mask: { type: 'u64' },
  taint_flags: { type: 'struct taint_flag[]' },
  saved_command_line: { type: 'char *' },
  boot_command_line: { type: 'char[]', length: 2048 }, // COMMAND_LINE_SIZE of x86
  dump_stack_arch_desc_str: { type: 'char[]', length: 128 }, // "Hardware name"
  avenrun: { type: 'unsigned long[]', length: 3 },
  jiffies_64: { type: 'u64' },
  jiffies: { type: 'u64' },
  _totalram_pages: { type: 'atomic_long_t' },
  totalreserve_pages: { type: 'unsigned long' },
  tk_core: { type: 'void *' }, // a struct without a name up to 6.12, struct tk_data from then on
  timekeeper_data: { type: 'void *' }, // struct tk_data[], since 6.17 (22c62b9a84b8)
  crashing_cpu: { type: 'int' },
} as const;
