/** struct file, include/linux/fs.h. */
export const file = {
  struct: 'file',
  definedBy: 'out_of_memory',
  members: {
    f_op: 'void *',
    f_inode: 'void *',
    f_path: 'struct path',
  },
} as const;

/** struct super_block, include/linux/fs.h (include/linux/fs/super_types.h since 7.x). */
export const superBlock = {
  struct: 'super_block',
  definedBy: 'shmem_init',
  members: {
    s_list: 'struct list_head',
    s_op: 'void *',
    s_fs_info: 'void *',
    s_inodes: 'struct list_head',
    s_type: 'struct file_system_type *',
    s_writers: 'struct sb_writers',
    s_mounts: { type: 'struct list_head', optional: true }, // since 6.18 the first mount of a chain
    s_flags: { type: 'u64', optional: true },
    s_id: { type: 'char[]', optional: true },
    s_bdev: { type: 'struct block_device *', optional: true },
  },
} as const;

/** struct file_system_type, include/linux/fs.h. */
export const fileSystemType = {
  struct: 'file_system_type',
  definedBy: 'shmem_init',
  members: {
    name: 'char *',
    fs_flags: 'int',
    next: { type: 'struct file_system_type *', optional: true }, // up to 7.1
    list: { type: 'struct hlist_node', optional: true }, // in its place since
  },
} as const;

/** struct fs_struct, include/linux/fs_struct.h. */
export const fsStruct = {
  struct: 'fs_struct',
  optional: true,
  definedBy: 'copy_fs_struct',
  members: { root: 'struct path' },
} as const;

/** struct address_space, include/linux/fs.h: what the swap cache was made of before it had a counter (5.12). */
export const addressSpace = {
  struct: 'address_space',
  definedBy: 'out_of_memory',
  members: {
    nrpages: 'unsigned long',
    host: 'struct inode *',
    i_mmap_rwsem: { type: 'struct rw_semaphore', optional: true },
    invalidate_lock: { type: 'struct rw_semaphore', optional: true }, // since 5.15
    i_pages: { type: 'struct xarray', optional: true },
  },
} as const;

/** struct inode, include/linux/fs.h. */
export const inode = {
  struct: 'inode',
  definedBy: 'shmem_init',
  members: {
    i_sb: 'struct super_block *',
    i_sb_list: 'struct list_head',
    i_dentry: 'struct hlist_head', // dentries by d_alias
    i_nlink: { type: 'unsigned int', optional: true }, // in a union without a name
    i_data: 'struct address_space',
    i_rwsem: 'struct rw_semaphore',
    i_lock: { type: 'struct spinlock', optional: true }, // with CONFIG_PREEMPT_RT no struct of that name
    i_pipe: { type: 'struct pipe_inode_info *', optional: true }, // in a union without a name
  },
} as const;

/**
 * struct sb_writers, include/linux/fs.h (include/linux/fs/super_types.h since 7.x): how far a freeze has come, and the
 * locks by which it stops writers.
 */
export const sbWriters = {
  struct: 'sb_writers',
  definedBy: 'shmem_init',
  members: {
    frozen: 'int',
    freeze_kcount: { type: 'int', optional: true }, // since 6.6
    freeze_ucount: { type: 'int', optional: true }, // since 6.6
    rw_sem: 'struct percpu_rw_semaphore[]',
  },
} as const;
