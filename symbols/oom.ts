/** struct oom_control, include/linux/oom.h: on the stack of the task that called out_of_memory(). */
export const oomControl = {
  struct: 'oom_control',
  definedBy: 'out_of_memory',
  members: {
    zonelist: 'struct zonelist *',
    nodemask: 'void *',
    memcg: 'struct mem_cgroup *',
    gfp_mask: 'unsigned int',
    order: 'int',
    totalpages: 'unsigned long',
    chosen: 'void *',
    chosen_points: 'long',
    constraint: 'enum oom_constraint',
  },
} as const;
