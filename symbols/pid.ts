/** struct pid, include/linux/pid.h. */
export const pid = {
  struct: 'pid',
  definedBy: 'out_of_memory',
  members: { tasks: 'struct hlist_head[]' }, // tasks by enum pid_type
} as const;

/** struct pid_namespace, include/linux/pid_namespace.h: the PID IDR is the second road to all tasks. */
export const pidNamespace = {
  struct: 'pid_namespace',
  definedBy: 'find_pid_ns',
  members: { idr: 'struct idr' },
} as const;
