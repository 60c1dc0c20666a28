/** struct path, include/linux/path.h. */
export const path = {
  struct: 'path',
  definedBy: 'out_of_memory',
  members: {
    dentry: 'struct dentry *',
  },
} as const;
