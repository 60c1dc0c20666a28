/** struct rethook_node, include/linux/rethook.h, since 5.18: one that a kretprobe replaced. */
export const rethookNode = {
  struct: 'rethook_node',
  optional: true,
  definedBy: 'rethook_find_ret_addr',
  members: {
    ret_addr: 'u64',
    frame: 'u64',
    llist: 'struct llist_node',
  },
} as const;
