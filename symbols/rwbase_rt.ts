/**
 * struct rwbase_rt, include/linux/rwbase_rt.h: what a sleeping lock for readers and writers is made of with PREEMPT_RT.
 */
export const rwbaseRt = {
  struct: 'rwbase_rt',
  optional: true,
  definedBy: 'down_read',
  members: {
    readers: 'atomic_t',
    rtmutex: 'struct rt_mutex_base',
  },
} as const;
