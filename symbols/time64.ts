/** struct timespec64, include/linux/time64.h. */
export const timespec64 = {
  struct: 'timespec64',
  definedBy: 'ktime_get_with_offset',
  members: { tv_sec: 's64', tv_nsec: 'long' },
} as const;
