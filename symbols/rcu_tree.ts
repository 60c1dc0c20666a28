/** struct rcu_state, kernel/rcu/tree.h. Times are in jiffies. */
export const rcuState = {
  struct: 'rcu_state',
  definedBy: 'call_rcu',
  members: {
    node: 'struct rcu_node[]',
    gp_seq: 'u64', // a grace period runs where one of the two lowest bits is set
    gp_start: 'u64',
    gp_kthread: 'struct task_struct *',
    name: 'char *',
  },
} as const;

/** struct rcu_node, kernel/rcu/tree.h: leaves have the CPUs grplo to grphi. */
export const rcuNode = {
  struct: 'rcu_node',
  definedBy: 'call_rcu',
  members: {
    qsmask: 'u64',
    expmask: 'u64',
    grplo: 'int',
    grphi: 'int',
    gp_tasks: { type: 'u64', optional: true },
    exp_tasks: { type: 'u64', optional: true }, // into blkd_tasks, with CONFIG_PREEMPT_RCU
    blkd_tasks: 'struct list_head',
  },
} as const;

/** struct rcu_data, kernel/rcu/tree.h: one for each CPU. */
export const rcuData = {
  struct: 'rcu_data',
  definedBy: 'call_rcu',
  members: { mynode: 'struct rcu_node *' },
} as const;
