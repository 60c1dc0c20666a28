/** struct page_counter, include/linux/page_counter.h: in pages. */
export const pageCounter = {
  struct: 'page_counter',
  definedBy: 'out_of_memory',
  members: {
    usage: 'atomic_long_t',
    // LONG_MAX / PAGE_SIZE is "no limit", and below 2^53.
    max: 'unsigned long',
    min: 'unsigned long',
    low: 'unsigned long',
    emin: 'unsigned long',
    elow: 'unsigned long',
    children_min_usage: 'atomic_long_t',
    children_low_usage: 'atomic_long_t',
    watermark: 'unsigned long',
    failcnt: 'unsigned long',
    track_failcnt: { type: 'bool', optional: true },
  },
} as const;
