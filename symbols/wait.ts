/** struct wait_queue_head, include/linux/wait.h. */
export const waitQueueHead = {
  struct: 'wait_queue_head',
  definedBy: 'add_wait_queue',
  members: { head: 'struct list_head' },
} as const;

/** struct wait_queue_entry, include/linux/wait.h: on the waiter's stack; `private` is the task. */
export const waitQueueEntry = {
  struct: 'wait_queue_entry',
  definedBy: 'add_wait_queue',
  members: { private: 'void *', entry: 'struct list_head' },
} as const;
