/** struct oom_control, include/linux/oom.h: on the stack of the task that called out_of_memory(). */
export const oomControl = {
  struct: 'oom_control',
  definedBy: 'out_of_memory',
  members: {
    zonelist: 'struct zonelist *',
    nodemask: 'void *',
    memcg: 'void *', // checked before anything is read through it
    gfp_mask: 'unsigned int',
    order: 'int',
    totalpages: 'unsigned long',
    chosen: 'void *',
    chosen_points: 's64', // LONG_MIN until a task is chosen
    constraint: 'unsigned int', // enum oom_constraint; another number is no enumerator
  },
} as const;
