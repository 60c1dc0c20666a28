/** struct swait_queue_head, include/linux/swait.h. */
export const swaitQueueHead = {
  struct: 'swait_queue_head',
  definedBy: 'complete',
  members: { task_list: 'struct list_head' },
} as const;

/** struct swait_queue, include/linux/swait.h: on the waiter's stack. */
export const swaitQueue = {
  struct: 'swait_queue',
  definedBy: 'complete',
  members: { task: 'struct task_struct *', task_list: 'struct list_head' },
} as const;
