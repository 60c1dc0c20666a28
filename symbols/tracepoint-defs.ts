/** struct trace_print_flags, include/linux/tracepoint-defs.h: the names of flags, as %pGg and its like print them. */
export const tracePrintFlags = {
  struct: 'trace_print_flags',
  definedBy: 'dump_page',
  members: { mask: 'u64', name: 'char *' },
} as const;
