/** struct worker, kernel/workqueue_internal.h: a thread that runs work items. */
export const worker = {
  struct: 'worker',
  definedBy: 'process_one_work',
  members: {
    current_work: 'u64',
    current_func: 'u64',
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
