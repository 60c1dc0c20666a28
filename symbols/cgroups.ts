/** struct css_set, include/linux/cgroup-defs.h: a task's cgroups. */
export const cssSet = {
  struct: 'css_set',
  definedBy: 'cgroup_post_fork',
  members: { subsys: 'void *[]', dfl_cgrp: 'struct cgroup *' },
} as const;
