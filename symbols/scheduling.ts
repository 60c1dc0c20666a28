/** struct sched_entity, include/linux/sched.h. */
export const schedEntity = {
  struct: 'sched_entity',
  definedBy: 'wake_up_process',
  members: {
    exec_start: 'u64', // the run queue's clock when its time was last accounted: when a task that does not run stopped running
    sum_exec_runtime: 'u64',
    sched_delayed: { type: 'unsigned char', optional: true }, // since 6.12: asleep, but left on the queue
  },
} as const;

/** struct rcu_state, kernel/rcu/tree.h. Times are in jiffies. */
export const rcuState = {
  struct: 'rcu_state',
  definedBy: 'call_rcu',
  members: {
    node: 'struct rcu_node[]',
    gp_seq: 'u64', // a grace period runs where one of the two lowest bits is set
    gp_start: 'u64',
    gp_activity: 'u64',
    jiffies_stall: 'u64',
    gp_kthread: 'struct task_struct *',
    name: 'char *',
  },
} as const;

/** struct rcu_node, kernel/rcu/tree.h: leaves have the CPUs grplo to grphi. */
export const rcuNode = {
  struct: 'rcu_node',
  definedBy: 'call_rcu',
  members: {
    qsmask: 'u64', expmask: 'u64', grplo: 'int', grphi: 'int',
    gp_tasks: { type: 'u64', optional: true }, exp_tasks: { type: 'u64', optional: true }, // into blkd_tasks, with CONFIG_PREEMPT_RCU
  },
} as const;

/** struct rcu_data, kernel/rcu/tree.h: one for each CPU. */
export const rcuData = {
  struct: 'rcu_data',
  definedBy: 'call_rcu',
  members: { mynode: 'struct rcu_node *', grpmask: 'u64', gp_seq: 'u64' },
} as const;

/** What scheduling needs of a task, beside what every reader needs. */
export const taskScheduling = {
  struct: 'task_struct',
  definedBy: 'wake_up_process',
  members: {
    on_rq: 'int', // 1 queued, 2 on its way to another CPU
    policy: 'unsigned int',
    rt_priority: 'unsigned int',
    prio: 'int',
    se: 'struct sched_entity',
    nvcsw: 'u64',
    nivcsw: 'u64',
    last_switch_count: { type: 'u64', optional: true }, // DETECT_HUNG_TASK
    last_switch_time: { type: 'u64', optional: true },
    pi_blocked_on: { type: 'void *', optional: true }, // RT_MUTEXES
    blocker: { type: 'u64', optional: true }, // DETECT_HUNG_TASK_BLOCKER, since 6.16: the lock, its kind in the two lowest bits
  },
} as const;

/** What scheduling needs of a run queue, beside its tasks. */
export const runqueueClock = {
  struct: 'rq',
  definedBy: 'wake_up_process',
  members: { clock: 'u64', nr_running: 'unsigned int', nr_switches: 'u64', nr_uninterruptible: 'unsigned long' },
} as const;
