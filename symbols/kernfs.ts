/** struct kernfs_node, include/linux/kernfs.h: gives a cgroup its name. */
export const kernfsNode = {
  struct: 'kernfs_node',
  definedBy: 'out_of_memory',
  members: {
    name: 'char *',
    __parent: { type: 'struct kernfs_node *', formerly: 'parent' }, // renamed in 6.15
  },
} as const;
