/** struct super_block, include/linux/fs.h (include/linux/fs/super_types.h since 7.x). */
export const superBlock = {
  struct: 'super_block',
  definedBy: 'shmem_init',
  members: {
    s_list: 'struct list_head',
    s_id: 'char[]',
    s_op: 'void *',
    s_fs_info: 'void *',
    s_inodes: 'struct list_head',
    s_root: 'struct dentry *',
    s_type: 'struct file_system_type *',
  },
} as const;

/** struct file_system_type, include/linux/fs.h. */
export const fileSystemType = {
  struct: 'file_system_type',
  definedBy: 'shmem_init',
  members: { name: 'char *' },
} as const;

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
  members: { alloced: 'unsigned long', swapped: 'unsigned long' },
} as const;
