import type { globals } from './globals.js';

/**
 * Symbols that are looked up beside the global variables of globals.ts: functions, bounds of sections, and variables
 * whose address is all that is wanted. By the file of the kernel's source that defines them.
 */
export const symbolNames = {
  'include/asm-generic/vmlinux.lds.h': [
    '_stext',
    '_text',
    '_etext',
    '_sinittext',
    '_einittext',
    '__start_rodata',
    '__end_rodata',
    '__start_BTF',
    '__stop_BTF',
    '__per_cpu_start',
    '__per_cpu_end',
    '__entry_text_start',
    '__entry_text_end',
    '__start_init_task',
    '__end_init_task',
    '__start_init_stack', // since 6.10
    '__end_init_stack',
    '__start___bug_table',
    '__stop___bug_table',
    '__start_orc_unwind_ip',
    '__stop_orc_unwind_ip',
    '__start_orc_unwind',
    '__stop_orc_unwind',
    '__start_orc_header', // since 6.4
  ],
  'init/main.c': ['start_kernel'],
  'arch/x86/kernel/head_64.S': ['secondary_startup_64'],
  'arch/x86/mm/kaslr.c': ['page_offset_base', 'vmalloc_base', 'vmemmap_base'],
  'arch/x86/entry/entry_64.S': ['ret_from_fork', 'ret_from_fork_asm'],
  'arch/x86/entry/syscall_64.c': ['sys_call_table'],
  'arch/x86/mm/cpu_entry_area.c': ['cea_exception_stacks'],
  'arch/x86/kernel/cpu/common.c': ['hardirq_stack_ptr'],
  'arch/x86/kernel/paravirt.c': ['virt_spin_lock_key'],
  'arch/x86/kernel/ftrace_64.S': ['ftrace_caller', 'ftrace_regs_caller', 'return_to_handler'],
  'arch/x86/kernel/rethook.c': ['arch_rethook_trampoline'],
  'arch/x86/kernel/kprobes/core.c': ['__kretprobe_trampoline', 'kretprobe_trampoline'],
  'kernel/bpf/core.c': ['bpf_kallsyms'],
  'kernel/cgroup/cgroup.c': ['cgrp_dfl_root'],
  'kernel/kprobes.c': ['kprobe_optinsn_slots', 'kretprobe_inst_table'],
  'kernel/cpu.c': ['cpu_hotplug_lock'],
  'kernel/locking/qspinlock.c': ['qnodes', 'mcs_nodes'],
  'kernel/nsproxy.c': ['init_nsproxy'],
  'kernel/printk/printk_safe.c': ['nmi_print_seq', 'safe_print_seq'],
  'kernel/trace/ftrace.c': ['ftrace_ops_list'],
  'lib/percpu_counter.c': ['__percpu_counter_sum'],
  'mm/debug.c': ['gfpflag_names'],
  'mm/hugetlb.c': ['hugetlb_show_meminfo_node'],
  'mm/memcontrol.c': [
    'memory_cgrp_subsys',
    'memory_stats',
    'memcg_vm_event_stat',
    'mem_cgroup_stats_index',
    'mem_cgroup_print_oom_meminfo',
    'mem_cgroup_show_protected_memory',
  ],
  'mm/memory_hotplug.c': ['mem_hotplug_lock'],
  'mm/oom_kill.c': ['oom_lock', 'out_of_memory', 'oom_kill_process', 'dump_header', 'dump_tasks', 'dump_task'],
  'mm/shmem.c': ['shmem_ops'],
  'mm/show_mem.c': ['show_mem', '__show_mem', 'show_free_areas', '__show_free_areas'],
  'mm/slub.c': ['count_partial_free_approx'],
  'mm/swap_state.c': ['swapper_spaces', 'nr_swapper_spaces', 'swap_cache_info', 'show_swap_cache_info'],
  'mm/vmstat.c': ['vmstat_text'],
  'net/core/rtnetlink.c': ['rtnl_mutex'],
  'fs/pipe.c': ['pipefifo_fops'],
  'drivers/block/zram/zram_drv.c': ['zram_index_idr'],
} as const;

/** A symbol that is declared here or in globals.ts. */
export type SymbolName = keyof typeof globals | (typeof symbolNames)[keyof typeof symbolNames][number];
