/**
 * struct mutex, include/linux/mutex_types.h, include/linux/mutex.h before 6.8; not of PREEMPT_RT, whose mutexes are
 * rt_mutexes.
 */
export const mutex = {
  struct: 'mutex',
  definedBy: 'mutex_lock',
  members: {
    owner: { type: 'u64', optional: true }, // the task, with flags in its low bits; since 4.10 (3ca0ff571b09)
    wait_list: { type: 'struct list_head', optional: true },
    first_waiter: { type: 'void *', optional: true }, // in place of wait_list in 7.x: the list has no head
    rtmutex: { type: 'struct rt_mutex_base', optional: true }, // PREEMPT_RT, since 5.15
  },
} as const;

/** struct mutex_waiter, kernel/locking/mutex.h: on the waiter's stack. */
export const mutexWaiter = {
  struct: 'mutex_waiter',
  definedBy: 'mutex_lock',
  members: { list: 'struct list_head', task: 'struct task_struct *' },
} as const;
