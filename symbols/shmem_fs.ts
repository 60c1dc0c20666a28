/** struct shmem_sb_info, include/linux/shmem_fs.h: a tmpfs. */
export const shmemSbInfo = {
  struct: 'shmem_sb_info',
  definedBy: 'shmem_init',
  members: { max_blocks: 'unsigned long' },
} as const;

/** struct shmem_inode_info, include/linux/shmem_fs.h: a file in tmpfs, a memfd, a SysV segment. */
export const shmemInodeInfo = {
  struct: 'shmem_inode_info',
  definedBy: 'shmem_init',
  members: {
    alloced: 'unsigned long',
    swapped: 'unsigned long',
    vfs_inode: 'struct inode',
  },
} as const;
