/** struct block_device, include/linux/blk_types.h (before 5.11 include/linux/fs.h). */
export const blockDevice = {
  struct: 'block_device',
  definedBy: 'shmem_init',
  members: {
    bd_disk: 'struct gendisk *',
    bd_dev: { type: 'u32', optional: true },
    bd_nr_sectors: { type: 'u64', optional: true }, // since 5.15 (0384264ea8a3)
    bd_partno: { type: 'u8', optional: true }, // the low byte of __bd_flags since 6.10 (1116b9fa15c0)
    __bd_flags: { type: 'atomic_t', optional: true },
    bd_meta_info: { type: 'struct partition_meta_info *', optional: true },
  },
} as const;

/** struct bdev_inode, block/bdev.c (before 5.14 fs/block_dev.c). */
export const bdevInode = {
  struct: 'bdev_inode',
  optional: true,
  definedBy: 'I_BDEV',
  members: { bdev: 'struct block_device', vfs_inode: 'struct inode' },
} as const;

/** struct partition_meta_info, include/linux/blkdev.h (before 5.16 genhd.h). */
export const partitionMetaInfo = {
  struct: 'partition_meta_info',
  optional: true,
  definedBy: 'add_partition',
  members: { uuid: 'char[]', volname: 'char[]' },
} as const;

/** struct hd_struct, include/linux/genhd.h: a partition, or a disk as its partition 0; until 5.11 (0d02129e76ed). */
export const hdStruct = {
  struct: 'hd_struct',
  optional: true,
  definedBy: 'add_partition',
  members: { nr_sects: 'u64', __dev: 'struct device', info: 'struct partition_meta_info *' },
} as const;
