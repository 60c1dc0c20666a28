/** struct gendisk, include/linux/blkdev.h (before 5.16 genhd.h). */
export const gendisk = {
  struct: 'gendisk',
  definedBy: 'zram_add',
  members: { disk_name: 'char[]' },
} as const;
