/** struct percpu_counter, include/linux/percpu_counter.h: the sum is count and what each CPU holds. */
export const percpuCounter = {
  struct: 'percpu_counter',
  definedBy: 'out_of_memory',
  members: { count: 's64', counters: { type: 'int *', percpu: true, optional: true } }, // counters: SMP only
} as const;
