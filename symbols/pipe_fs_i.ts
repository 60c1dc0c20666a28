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
  members: { page: 'void *', len: 'unsigned int' },
} as const;
