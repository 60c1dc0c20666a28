/** struct inactive_task_frame, arch/x86/include/asm/switch_to.h: what __switch_to_asm() leaves at a sleeping task's thread.sp. */
export const inactiveTaskFrame = {
  struct: 'inactive_task_frame',
  definedBy: 'copy_thread',
  members: { r15: 'u64', r14: 'u64', r13: 'u64', r12: 'u64', bx: 'u64', bp: 'u64', ret_addr: 'u64' },
} as const;

/** struct mod_arch_specific, arch/x86/include/asm/module.h: a module's own ORC tables. */
export const modArchSpecific = {
  struct: 'mod_arch_specific',
  definedBy: 'load_module',
  members: { num_orcs: 'unsigned int', orc_unwind_ip: 'void *', orc_unwind: 'void *' },
} as const;

/** What unwinding alone needs of a `struct module`. */
export const moduleUnwinding = {
  struct: 'module',
  definedBy: 'load_module',
  members: { arch: { type: 'struct mod_arch_specific', optional: true } },
} as const;

/** struct pcpu_hot, arch/x86/include/asm/current.h, from 6.2 to 6.14: it held the top of the IRQ stack. */
export const pcpuHotStacks = {
  struct: 'pcpu_hot',
  definedBy: 'out_of_memory',
  members: { hardirq_stack_ptr: 'void *' },
} as const;

/** struct bpf_ksym, include/linux/bpf.h, since 5.7 (535911c80ad4): code that the BPF compiler made, on the list `bpf_kallsyms`. */
export const bpfKsym = {
  struct: 'bpf_ksym',
  definedBy: 'bpf_ksym_add',
  members: { start: 'u64', end: 'u64', name: 'char[]', lnode: 'struct list_head' },
} as const;

/** struct ftrace_ret_stack, include/linux/ftrace.h: a return address that the function graph tracer replaced. */
export const ftraceRetStack = {
  struct: 'ftrace_ret_stack',
  definedBy: 'ftrace_graph_ret_addr',
  members: { ret: 'u64', func: 'u64', retp: 'u64' },
} as const;

/** struct rethook_node, include/linux/rethook.h, since 5.18: one that a kretprobe replaced. */
export const rethookNode = {
  struct: 'rethook_node',
  definedBy: 'rethook_find_ret_addr',
  members: { ret_addr: 'u64', frame: 'u64' },
} as const;

/** struct kretprobe_instance, include/linux/kprobes.h: the same before rethook. */
export const kretprobeInstance = {
  struct: 'kretprobe_instance',
  definedBy: 'register_kretprobe',
  members: { ret_addr: { type: 'u64', optional: true }, fp: { type: 'u64', optional: true } },
} as const;

/** struct ftrace_ops, include/linux/ftrace.h: a tracer, on the list `ftrace_ops_list`. */
export const ftraceOps = {
  struct: 'ftrace_ops',
  definedBy: 'register_ftrace_function',
  members: {
    next: 'u64', flags: 'u64',
    trampoline: { type: 'u64', optional: true }, trampoline_size: { type: 'u64', optional: true }, // with CONFIG_DYNAMIC_FTRACE
  },
} as const;

/** struct kprobe_insn_page, kernel/kprobes.c: code that kprobes made, on the list `pages` of a kprobe_insn_cache. */
export const kprobeInsnPage = {
  struct: 'kprobe_insn_page',
  definedBy: 'register_kprobe',
  members: { list: 'struct list_head', insns: 'u64' },
} as const;
