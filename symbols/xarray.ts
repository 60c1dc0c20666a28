/** include/linux/xarray.h */
export const xarray = {
  struct: 'xarray',
  definedBy: 'out_of_memory',
  members: { xa_head: 'void *' },
} as const;

/** include/linux/xarray.h */
export const xaNode = {
  struct: 'xa_node',
  definedBy: 'xas_load',
  members: {
    shift: 'unsigned char',
    offset: 'unsigned char',
    parent: 'void *',
    slots: 'void *[]',
  },
} as const;

/** struct radix_tree_node, include/linux/radix-tree.h, before 4.20. */
export const radixTreeNode = {
  struct: 'radix_tree_node',
  optional: true,
  definedBy: 'xas_load',
  members: {
    shift: 'unsigned char',
    offset: 'unsigned char',
    parent: 'void *',
    slots: 'void *[]',
  },
} as const;

/** struct radix_tree_root, include/linux/radix-tree.h, before 4.20. */
export const radixTreeRoot = {
  struct: 'radix_tree_root',
  optional: true,
  definedBy: 'out_of_memory',
  members: {
    rnode: 'void *',
  },
} as const;
