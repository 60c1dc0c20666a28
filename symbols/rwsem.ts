/** struct rw_semaphore, include/linux/rwsem.h. */
export const rwSemaphore = {
  struct: 'rw_semaphore',
  definedBy: 'down_read',
  members: {
    count: { type: 'u64', optional: true },
    owner: { type: 'u64', optional: true },
    wait_list: { type: 'struct list_head', optional: true },
    first_waiter: { type: 'void *', optional: true },
    rwbase: { type: 'struct rwbase_rt', optional: true }, // PREEMPT_RT, since 5.15
  },
} as const;

/** struct rwsem_waiter, kernel/locking/rwsem.c: on the waiter's stack. */
export const rwsemWaiter = {
  struct: 'rwsem_waiter',
  definedBy: 'down_read',
  members: { list: 'struct list_head', task: 'struct task_struct *', type: 'enum rwsem_waiter_type' },
} as const;
