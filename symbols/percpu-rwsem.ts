/** struct percpu_rw_semaphore, include/linux/percpu-rwsem.h. */
export const percpuRwSemaphore = {
  struct: 'percpu_rw_semaphore',
  definedBy: 'percpu_down_write',
  members: {
    read_count: { type: 'unsigned int *', percpu: true },
    waiters: { type: 'struct wait_queue_head', optional: true }, // since 5.6 (7f26482a872c)
    block: { type: 'int', optional: true },
    writer: { type: 'struct rcuwait', optional: true },
  },
} as const;
