/** struct block_device, include/linux/blk_types.h (before 5.11 include/linux/fs.h). */
export const blockDevice = {
  struct: 'block_device',
  definedBy: 'shmem_init',
  members: {
    bd_disk: 'struct gendisk *',
  },
} as const;
