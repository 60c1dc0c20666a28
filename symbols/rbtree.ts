/** include/linux/rbtree_types.h */
export const rbNode = {
  struct: 'rb_node',
  definedBy: 'out_of_memory',
  members: { __rb_parent_color: 'u64', rb_right: 'void *', rb_left: 'void *' },
} as const;
