/** struct timekeeper, include/linux/timekeeper_internal.h. */
export const timekeeper = {
  struct: 'timekeeper',
  definedBy: 'ktime_get_with_offset',
  members: {
    tkr_mono: 'struct tk_read_base',
    xtime_sec: 'u64',
    wall_to_monotonic: 'struct timespec64',
    offs_boot: 's64',
    // What follows from the others, and tells whether they are what the kernel wrote.
    ktime_sec: { type: 'u64', optional: true },
    offs_real: { type: 's64', optional: true },
    monotonic_to_boot: { type: 'struct timespec64', optional: true },
  },
} as const;

/** struct tk_read_base, include/linux/timekeeper_internal.h. */
export const tkReadBase = {
  struct: 'tk_read_base',
  definedBy: 'ktime_get_with_offset',
  members: { mask: 'u64', shift: 'u32', xtime_nsec: 'u64', base: { type: 's64', optional: true } },
} as const;

/** struct tk_data, kernel/time/timekeeping.c: since 6.13 (8c4799b18417). */
export const tkData = {
  struct: 'tk_data',
  optional: true,
  definedBy: 'ktime_get_with_offset',
  members: { timekeeper: 'struct timekeeper' },
} as const;
