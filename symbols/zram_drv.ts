/** struct zram, drivers/block/zram/zram_drv.h. */
export const zram = {
  struct: 'zram',
  optional: true,
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
  optional: true,
  definedBy: 'zram_add',
  members: { compr_data_size: 'long', pages_stored: 'long' },
} as const;
