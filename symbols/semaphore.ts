/** struct semaphore, include/linux/semaphore.h. */
export const semaphore = {
  struct: 'semaphore',
  definedBy: 'down_trylock',
  members: {
    count: 'unsigned int',
    wait_list: { type: 'struct list_head', optional: true },
    first_waiter: { type: 'void *', optional: true },
    last_holder: { type: 'void *', optional: true }, // since 6.16 with DETECT_HUNG_TASK_BLOCKER
  },
} as const;

/** struct semaphore_waiter, kernel/locking/semaphore.c. */
export const semaphoreWaiter = {
  struct: 'semaphore_waiter',
  definedBy: 'down_trylock',
  members: { list: 'struct list_head', task: 'struct task_struct *' },
} as const;
