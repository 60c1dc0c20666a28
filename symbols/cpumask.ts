/** include/linux/cpumask.h */
export const cpumask = {
  struct: 'cpumask',
  definedBy: 'out_of_memory',
  members: { bits: 'u64[]' },
} as const;
