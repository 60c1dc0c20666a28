/** struct raw_spinlock with CONFIG_DEBUG_SPINLOCK: it then knows who has it. */
export const rawSpinlock = {
  struct: 'raw_spinlock',
  definedBy: 'out_of_memory',
  members: {
    owner_cpu: { type: 'unsigned int', optional: true },
    owner: { type: 'void *', optional: true },
  },
} as const;
