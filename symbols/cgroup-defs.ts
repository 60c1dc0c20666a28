/** struct css_set, include/linux/cgroup-defs.h: a task's cgroups. */
export const cssSet = {
  struct: 'css_set',
  definedBy: 'cgroup_post_fork',
  members: { subsys: 'void *[]' },
} as const;

/** struct cgroup_subsys_state, include/linux/cgroup-defs.h. */
export const cgroupSubsysState = {
  struct: 'cgroup_subsys_state',
  definedBy: 'out_of_memory',
  members: {
    cgroup: 'struct cgroup *',
    sibling: 'struct list_head',
    children: 'struct list_head',
    ss: 'struct cgroup_subsys *',
  },
} as const;

/** struct cgroup, include/linux/cgroup-defs.h. */
export const cgroup = {
  struct: 'cgroup',
  definedBy: 'out_of_memory',
  members: { kn: 'struct kernfs_node *', root: 'void *' },
} as const;

/** struct cgroup_root, include/linux/cgroup-defs.h. */
export const cgroupRoot = {
  struct: 'cgroup_root',
  definedBy: 'cgroup_post_fork',
  members: {
    flags: 'unsigned int',
  },
} as const;
