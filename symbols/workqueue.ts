/** struct worker, kernel/workqueue_internal.h: a thread that runs work items. */
export const worker = {
  struct: 'worker',
  definedBy: 'process_one_work',
  members: {
    current_work: 'u64',
    current_func: 'u64',
    current_pwq: { type: 'struct pool_workqueue *', optional: true },
    desc: { type: 'char[]', optional: true },
    scheduled: 'struct list_head',
    task: 'struct task_struct *',
  },
} as const;

/** struct work_struct, include/linux/workqueue_types.h, before 6.9 include/linux/workqueue.h. */
export const workStruct = {
  struct: 'work_struct',
  definedBy: 'process_one_work',
  members: {
    entry: 'struct list_head',
  },
} as const;

/** struct wq_barrier, kernel/workqueue.c: on the stack of a task that waits for a work item. */
export const wqBarrier = {
  struct: 'wq_barrier',
  definedBy: 'process_one_work',
  members: {
    work: 'struct work_struct',
    done: 'struct completion',
  },
} as const;

/** struct pool_workqueue, kernel/workqueue.c: a work queue's part in a pool of threads. */
export const poolWorkqueue = {
  struct: 'pool_workqueue',
  optional: true,
  definedBy: 'process_one_work',
  members: { wq: { type: 'struct workqueue_struct *', optional: true } },
} as const;

/** struct workqueue_struct, kernel/workqueue.c. */
export const workqueueStruct = {
  struct: 'workqueue_struct',
  optional: true,
  definedBy: 'process_one_work',
  members: { name: { type: 'char[]', optional: true } },
} as const;

/** struct kthread, kernel/kthread.c: what a kernel thread is for. */
export const kthread = {
  struct: 'kthread',
  optional: true,
  definedBy: 'kthread_create_on_node',
  members: { data: 'void *' },
} as const;
