/** struct swap_info_struct, include/linux/swap.h: a swap device or file. */
export const swapInfo = {
  struct: 'swap_info_struct',
  definedBy: 'si_swapinfo',
  members: {
    flags: 'unsigned long',
    prio: 'short',
    pages: 'unsigned int',
    inuse_pages: 'long', // atomic_long_t since 6.18
    bdev: 'struct block_device *',
  },
} as const;
