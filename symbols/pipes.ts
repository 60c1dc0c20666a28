/** struct files_struct, include/linux/fdtable.h: a process's open files. */
export const filesStruct = {
  struct: 'files_struct',
  definedBy: 'alloc_fdtable',
  members: { fdt: 'struct fdtable *' },
} as const;

/** struct fdtable, include/linux/fdtable.h. */
export const fdtable = {
  struct: 'fdtable',
  definedBy: 'alloc_fdtable',
  members: { max_fds: 'unsigned int', fd: 'void *' },
} as const;

/** struct file, include/linux/fs.h. */
export const file = {
  struct: 'file',
  definedBy: 'out_of_memory',
  members: { f_op: 'void *', f_inode: 'void *' },
} as const;

/** struct pipe_inode_info, include/linux/pipe_fs_i.h. */
export const pipeInodeInfo = {
  struct: 'pipe_inode_info',
  definedBy: 'pipe_fcntl',
  members: {
    head: 'unsigned int',
    tail: 'unsigned int',
    ring_size: 'unsigned int',
    bufs: 'void *',
    tmp_page: { type: 'struct page *[]', optional: true },
  },
} as const;

/** struct pipe_buffer, include/linux/pipe_fs_i.h. */
export const pipeBuffer = {
  struct: 'pipe_buffer',
  definedBy: 'pipe_fcntl',
  members: { page: 'void *', offset: 'unsigned int', len: 'unsigned int' },
} as const;
