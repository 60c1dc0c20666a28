/** struct mutex, include/linux/mutex_types.h, include/linux/mutex.h before 6.8; not of PREEMPT_RT, whose mutexes are rt_mutexes. */
export const mutex = {
  struct: 'mutex',
  definedBy: 'mutex_lock',
  members: {
    owner: { type: 'u64', optional: true }, // the task, with flags in its low bits; since 4.10 (3ca0ff571b09)
    wait_list: { type: 'struct list_head', optional: true },
    first_waiter: { type: 'void *', optional: true }, // in place of wait_list in 7.x: the list has no head
  },
} as const;

/** struct mutex_waiter, kernel/locking/mutex.h: on the waiter's stack. */
export const mutexWaiter = {
  struct: 'mutex_waiter',
  definedBy: 'mutex_lock',
  members: { list: 'struct list_head', task: 'struct task_struct *' },
} as const;

/** struct rw_semaphore, include/linux/rwsem.h. */
export const rwSemaphore = {
  struct: 'rw_semaphore',
  definedBy: 'down_read',
  members: {
    count: { type: 'u64', optional: true },
    owner: { type: 'u64', optional: true },
    wait_list: { type: 'struct list_head', optional: true },
    first_waiter: { type: 'void *', optional: true },
  },
} as const;

/** struct rwsem_waiter, kernel/locking/rwsem.c: on the waiter's stack. */
export const rwsemWaiter = {
  struct: 'rwsem_waiter',
  definedBy: 'down_read',
  members: { list: 'struct list_head', task: 'struct task_struct *', type: 'enum rwsem_waiter_type' },
} as const;

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

/** struct completion, include/linux/completion.h. */
export const completion = {
  struct: 'completion',
  definedBy: 'complete',
  members: { done: 'unsigned int', wait: 'struct swait_queue_head' },
} as const;

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
  members: { flags: 'unsigned int', private: 'void *', func: 'void *', entry: 'struct list_head' },
} as const;

/** struct wait_page_queue, include/linux/pagemap.h: a waiter for a bit of a page. */
export const waitPageQueue = {
  struct: 'wait_page_queue',
  definedBy: 'filemap_fault',
  members: { folio: { type: 'void *', formerly: 'page' }, bit_nr: 'int', wait: 'struct wait_queue_entry' },
} as const;

/** struct percpu_rw_semaphore, include/linux/percpu-rwsem.h. */
export const percpuRwSemaphore = {
  struct: 'percpu_rw_semaphore',
  definedBy: 'percpu_down_write',
  members: {
    read_count: { type: 'unsigned int *', percpu: true },
    waiters: { type: 'struct wait_queue_head', optional: true }, // since 5.6 (7f26482a872c)
    block: { type: 'int', optional: true },
  },
} as const;

/** struct rt_mutex_base, include/linux/rtmutex.h, since 5.15 (830e6acc8a1c); struct rt_mutex itself before. */
export const rtMutexBase = {
  struct: 'rt_mutex_base',
  definedBy: 'rt_mutex_unlock',
  members: { owner: 'u64' },
} as const;

/** struct rt_mutex, include/linux/rtmutex.h. */
export const rtMutex = {
  struct: 'rt_mutex',
  definedBy: 'rt_mutex_unlock',
  members: { owner: { type: 'u64', optional: true } },
} as const;

/** struct rt_mutex_waiter, kernel/locking/rtmutex_common.h: on the waiter's stack, `task->pi_blocked_on`. */
export const rtMutexWaiter = {
  struct: 'rt_mutex_waiter',
  definedBy: 'rt_mutex_unlock',
  members: { task: 'struct task_struct *', lock: 'void *' },
} as const;

/** struct mcs_spinlock, kernel/locking/mcs_spinlock.h, x86 and asm-generic. */
export const mcsSpinlock = {
  struct: 'mcs_spinlock',
  definedBy: 'native_queued_spin_lock_slowpath',
  members: { next: 'void *', locked: 'int', count: 'int' },
} as const;

/** struct pv_node, kernel/locking/qspinlock_paravirt.h: an mcs_spinlock with what its CPU does. */
export const pvNode = {
  struct: 'pv_node',
  definedBy: 'native_queued_spin_lock_slowpath',
  members: { cpu: 'int', state: 'u8' },
} as const;

/** struct pv_hash_entry, kernel/locking/qspinlock_paravirt.h: which queue's head sleeps for which lock. */
export const pvHashEntry = {
  struct: 'pv_hash_entry',
  definedBy: 'native_queued_spin_lock_slowpath',
  members: { lock: 'void *', node: 'void *' },
} as const;

/** struct raw_spinlock with CONFIG_DEBUG_SPINLOCK: it then knows who has it. */
export const rawSpinlock = {
  struct: 'raw_spinlock',
  definedBy: 'out_of_memory',
  members: {
    magic: { type: 'unsigned int', optional: true },
    owner_cpu: { type: 'unsigned int', optional: true },
    owner: { type: 'void *', optional: true },
  },
} as const;

/** struct worker, kernel/workqueue_internal.h: a thread that runs work items. */
export const worker = {
  struct: 'worker',
  definedBy: 'process_one_work',
  members: { current_work: 'u64', current_func: 'u64', scheduled: 'struct list_head' },
} as const;
