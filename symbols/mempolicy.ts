/** struct mempolicy, include/linux/mempolicy.h. */
export const mempolicy = {
  struct: 'mempolicy',
  definedBy: 'out_of_memory',
  members: {
    mode: 'unsigned short',
    nodes: { type: 'struct nodemask_t', optional: true }, // since 5.14 (269fbe72cded)
    v: { type: 'union v', optional: true }, // before
  },
} as const;
