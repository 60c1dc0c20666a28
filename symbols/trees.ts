/** include/linux/rbtree_types.h */
export const rbNode = {
  struct: 'rb_node',
  definedBy: 'out_of_memory',
  members: { __rb_parent_color: 'u64', rb_right: 'void *', rb_left: 'void *' },
} as const;

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
  members: { shift: 'unsigned char', count: 'unsigned char' },
} as const;

/** include/linux/maple_tree.h, since 6.1 */
export const mapleTree = {
  struct: 'maple_tree',
  definedBy: 'mas_walk',
  members: { ma_root: 'void *' },
} as const;
