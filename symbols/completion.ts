/** struct completion, include/linux/completion.h. */
export const completion = {
  struct: 'completion',
  definedBy: 'complete',
  members: { done: 'unsigned int', wait: 'struct swait_queue_head' },
} as const;
