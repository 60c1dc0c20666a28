/** include/linux/nodemask.h: a typedef of a struct without a tag. */
export const nodemask = {
  struct: 'nodemask_t',
  definedBy: 'out_of_memory',
  members: { bits: 'u64[]' },
} as const;
