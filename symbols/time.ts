/** struct timekeeper, include/linux/timekeeper_internal.h. */
export const timekeeper = {
  struct: 'timekeeper',
  definedBy: 'ktime_get_with_offset',
  members: {
    tkr_mono: 'struct tk_read_base',
    xtime_sec: 'u64',
    wall_to_monotonic: 'struct timespec64',
    offs_boot: 's64',
  },
} as const;

/** struct tk_read_base, include/linux/timekeeper_internal.h. */
export const tkReadBase = {
  struct: 'tk_read_base',
  definedBy: 'ktime_get_with_offset',
  members: { mask: 'u64', shift: 'u32', xtime_nsec: 'u64' },
} as const;

/** struct timespec64, include/linux/time64.h. */
export const timespec64 = {
  struct: 'timespec64',
  definedBy: 'ktime_get_with_offset',
  members: { tv_sec: 's64', tv_nsec: 'long' },
} as const;

/** struct tk_data, kernel/time/timekeeping.c: since 6.13 (8c4799b18417). */
export const tkData = {
  struct: 'tk_data',
  definedBy: 'ktime_get_with_offset',
  members: { timekeeper: 'struct timekeeper' },
} as const;

/** struct seqcount_raw_spinlock, include/linux/seqlock.h: since 5.10; larger where lockdep watches it. */
export const seqcountRawSpinlock = {
  struct: 'seqcount_raw_spinlock',
  definedBy: 'ktime_get_with_offset',
  members: {},
} as const;

/** struct seqcount, include/linux/seqlock_types.h: what stood there before. */
export const seqcount = {
  struct: 'seqcount',
  definedBy: 'ktime_get_with_offset',
  members: { sequence: 'unsigned int' },
} as const;
