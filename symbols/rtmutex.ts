/** struct rt_mutex_base, include/linux/rtmutex.h, since 5.15 (830e6acc8a1c); struct rt_mutex itself before. */
export const rtMutexBase = {
  struct: 'rt_mutex_base',
  optional: true,
  definedBy: 'rt_mutex_unlock',
  members: {
    owner: 'u64',
    waiters: 'struct rb_root_cached',
  },
} as const;

/** struct rt_mutex, include/linux/rtmutex.h. */
export const rtMutex = {
  struct: 'rt_mutex',
  definedBy: 'rt_mutex_unlock',
  members: {
    owner: { type: 'u64', optional: true },
    waiters: { type: 'struct rb_root_cached', optional: true },
  },
} as const;

/** struct rt_mutex_waiter, kernel/locking/rtmutex_common.h: on the waiter's stack, `task->pi_blocked_on`. */
export const rtMutexWaiter = {
  struct: 'rt_mutex_waiter',
  definedBy: 'rt_mutex_unlock',
  members: {
    task: 'struct task_struct *',
    lock: 'void *',
    tree: { type: 'struct rt_waiter_node', optional: true }, // since 6.5, and in 6.1.y
    tree_entry: { type: 'struct rb_node', optional: true }, // before
  },
} as const;

/** struct rt_waiter_node, kernel/locking/rtmutex_common.h, since 6.5 and in 6.1.y. */
export const rtWaiterNode = {
  struct: 'rt_waiter_node',
  optional: true,
  definedBy: 'rt_mutex_unlock',
  members: { entry: 'struct rb_node' },
} as const;
