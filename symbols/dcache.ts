/** struct dentry, include/linux/dcache.h. */
export const dentry = {
  struct: 'dentry',
  definedBy: 'out_of_memory',
  members: {
    d_name: 'struct qstr',
    d_parent: 'struct dentry *',
    d_inode: { type: 'void *', optional: true }, // null of one that names nothing
    d_subdirs: { type: 'struct list_head', optional: true }, // up to 6.7
    d_child: { type: 'struct list_head', optional: true },
    d_children: { type: 'struct hlist_head', optional: true }, // since 6.8 (da549bdd15c2)
    d_sib: { type: 'struct hlist_node', optional: true },
    d_sb: 'struct super_block *',
    d_alias: { type: 'struct hlist_node', optional: true }, // since 7.x; in d_u before
    d_u: { type: 'union d_u', optional: true },
  },
} as const;

/** struct qstr, include/linux/dcache.h. */
export const qstr = {
  struct: 'qstr',
  definedBy: 'out_of_memory',
  members: { name: 'char *' },
} as const;
