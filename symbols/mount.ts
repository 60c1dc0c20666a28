/** struct mount, fs/mount.h. */
export const mount = {
  struct: 'mount',
  definedBy: 'mntput',
  members: {
    mnt_parent: 'struct mount *',
    mnt_mountpoint: 'struct dentry *',
    mnt_ns: 'struct mnt_namespace *',
    mnt_instance: { type: 'struct list_head', optional: true }, // on super_block.s_mounts
    mnt_next_for_sb: { type: 'struct mount *', optional: true }, // in its place since 6.18
  },
} as const;
