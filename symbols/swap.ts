/** struct swap_info_struct, include/linux/swap.h: a swap device or file. */
export const swapInfo = {
  struct: 'swap_info_struct',
  definedBy: 'si_swapinfo',
  members: {
    flags: 'unsigned long',
    prio: 'short',
    pages: 'unsigned int',
    inuse_pages: 'long', // atomic_long_t since 6.18
    swap_file: 'struct file *',
    bdev: 'struct block_device *',
  },
} as const;

/** struct address_space, include/linux/fs.h: what the swap cache was made of before it had a counter (5.12). */
export const addressSpace = {
  struct: 'address_space',
  definedBy: 'out_of_memory',
  members: { nrpages: 'unsigned long' },
} as const;

/** struct zram, drivers/block/zram/zram_drv.h. */
export const zram = {
  struct: 'zram',
  definedBy: 'zram_add',
  members: {
    mem_pool: 'struct zs_pool *',
    disk: 'struct gendisk *',
    limit_pages: 'unsigned long',
    stats: 'struct zram_stats',
    disksize: 'unsigned long',
  },
} as const;

/** struct zram_stats, drivers/block/zram/zram_drv.h. */
export const zramStats = {
  struct: 'zram_stats',
  definedBy: 'zram_add',
  members: { compr_data_size: 'long', same_pages: 'long', huge_pages: 'long', pages_stored: 'long' },
} as const;

/** struct zs_pool, mm/zsmalloc.c. */
export const zsPool = {
  struct: 'zs_pool',
  definedBy: 'zs_create_pool',
  members: { name: 'char *', pages_allocated: 'atomic_long_t' },
} as const;

/** struct gendisk, include/linux/blkdev.h (before 5.16 genhd.h). */
export const gendisk = {
  struct: 'gendisk',
  definedBy: 'zram_add',
  members: { disk_name: 'char[]' },
} as const;
