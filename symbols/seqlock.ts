/** struct seqcount_raw_spinlock, include/linux/seqlock.h: since 5.10; larger where lockdep watches it. */
export const seqcountRawSpinlock = {
  struct: 'seqcount_raw_spinlock',
  optional: true,
  definedBy: 'ktime_get_with_offset',
  members: {},
} as const;

/** struct seqcount, include/linux/seqlock_types.h: what stood there before. Its size is all that is wanted. */
export const seqcount = {
  struct: 'seqcount',
  definedBy: 'ktime_get_with_offset',
  members: {},
} as const;
