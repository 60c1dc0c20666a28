/**
 * The kernel's global variables that oompm reads: BTF has no types for them. Names in the kernel's words; `length` of
 * an array is an enumerator, or what VMCOREINFO or the symbol's size says where it is missing.
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
  hstates: { type: 'struct hstate[]' },
  hugetlb_max_hstate: { type: 'int' },
  swap_info: { type: 'struct swap_info_struct *[]' },
  nr_swapfiles: { type: 'unsigned int' },
  nr_swap_pages: { type: 'atomic_long_t' },
  total_swap_pages: { type: 'long' },
  vm_swappiness: { type: 'int' },
  pcpu_nr_populated: { type: 'unsigned long' },
  pcpu_nr_units: { type: 'int' },
  nr_vmalloc_pages: { type: 'atomic_long_t' },
  slab_caches: { type: 'struct list_head' },
  root_mem_cgroup: { type: 'struct mem_cgroup *' },
  super_blocks: { type: 'struct list_head' },
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
  panic_cpu: { type: 'atomic_t' },
  panic_on_oops: { type: 'int' },
  unknown_nmi_panic: { type: 'int' },
  panic_on_unrecovered_nmi: { type: 'int' },
  mces_seen: { type: 'struct mce', percpu: true }, // up to 6.12
  hw_errs_seen: { type: 'struct mce_hw_err', percpu: true }, // since 6.13 (750fd23926f1)
  mce_evt_pool: { type: 'struct gen_pool *' },
  hwerr_data: { type: 'struct hwerr_info[]', length: 'HWERR_RECOV_MAX' }, // since 6.18
  tainted_mask: { type: 'u64' },
  die_counter: { type: 'int' }, // of the "[#1]" of an oops
  warn_limit: { type: 'unsigned int' },
  oops_limit: { type: 'unsigned int' }, // since 6.2 (d4ccd54d28d3), and stable kernels
  oops_count: { type: 'atomic_t' }, // since 6.2 (9db89b411170), and stable kernels
  warn_count: { type: 'atomic_t' }, // since 6.2 (8b05aa263361), and stable kernels
  taint_flags: { type: 'struct taint_flag[]' },
  saved_command_line: { type: 'char *' },
  execute_command: { type: 'char *' }, // of init=
  block_class: { type: 'struct class' },
  blockdev_superblock: { type: 'struct super_block *' },
  boot_command_line: { type: 'char[]', length: 2048 }, // COMMAND_LINE_SIZE of x86
  dump_stack_arch_desc_str: { type: 'char[]', length: 128 }, // "Hardware name"
  avenrun: { type: 'unsigned long[]', length: 3 },
  jiffies_64: { type: 'u64' },
  jiffies: { type: 'u64' },
  sysctl_panic_on_oom: { type: 'int' },
  sysctl_oom_kill_allocating_task: { type: 'int' },
  sysctl_oom_dump_tasks: { type: 'int' },
  sysctl_overcommit_memory: { type: 'int' },
  oom_reaper_list: { type: 'struct task_struct *' },
  _totalram_pages: { type: 'atomic_long_t' },
  tk_core: { type: 'void *' }, // a struct without a name up to 6.12, struct tk_data from then on
  timekeeper_data: { type: 'void *' }, // struct tk_data[], since 6.17 (22c62b9a84b8)
  crashing_cpu: { type: 'int' },
  rcu_state: { type: 'struct rcu_state' },
  rcu_data: { type: 'struct rcu_data', percpu: true },
  rcu_cpu_stall_timeout: { type: 'int' },
  tick_nsec: { type: 'unsigned long' },
  watchdog_thresh: { type: 'int' },
  watchdog_touch_ts: { type: 'u64', percpu: true },
  sysctl_hung_task_timeout_secs: { type: 'unsigned long' },
  console_sem: { type: 'struct semaphore' },
  console_owner: { type: 'struct task_struct *' },
  console_waiter: { type: 'bool' },
  printk_cpulock_owner: { type: 'atomic_t' }, // from 5.15 (bound to a CPU, -1 free)
  printk_cpu_sync_owner: { type: 'atomic_t' }, // the same since 5.19
  dump_lock: { type: 'atomic_t' }, // the same before 5.15
  pv_lock_hash: { type: 'struct pv_hash_entry *' },
  pv_lock_hash_bits: { type: 'unsigned int' },
} as const;
