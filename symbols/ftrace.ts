/** struct ftrace_ret_stack, include/linux/ftrace.h: a return address that the function graph tracer replaced. */
export const ftraceRetStack = {
  struct: 'ftrace_ret_stack',
  optional: true,
  definedBy: 'ftrace_graph_ret_addr',
  members: { ret: 'u64', retp: 'u64' },
} as const;

/** struct ftrace_ops, include/linux/ftrace.h: a tracer, on the list `ftrace_ops_list`. */
export const ftraceOps = {
  struct: 'ftrace_ops',
  optional: true,
  definedBy: 'register_ftrace_function',
  members: {
    next: 'u64',
    flags: 'u64',
    trampoline: { type: 'u64', optional: true },
    trampoline_size: { type: 'u64', optional: true }, // with CONFIG_DYNAMIC_FTRACE
  },
} as const;
