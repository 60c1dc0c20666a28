/** struct sched_entity, include/linux/sched.h. */
export const schedEntity = {
  struct: 'sched_entity',
  definedBy: 'wake_up_process',
  members: {
    exec_start: 'u64', // the run queue's clock when its time was last accounted: when a task that does not run stopped running
    sched_delayed: { type: 'unsigned char', optional: true }, // since 6.12: asleep, but left on the queue
  },
} as const;

/** struct task_struct, include/linux/sched.h. */
export const task = {
  struct: 'task_struct',
  definedBy: 'out_of_memory',
  members: {
    __state: { type: 'unsigned int', optional: true }, // since 5.14 (2f064a59a11f)
    state: { type: 'long', optional: true }, // before
    exit_state: 'int',
    start_time: { type: 'u64', optional: true }, // CLOCK_MONOTONIC; a timespec before 3.17 (57e0be041d9e)
    flags: 'unsigned int',
    stack: 'void *',
    pid: 'int',
    tgid: 'int',
    comm: 'char[]',
    on_rq: 'int', // 1 queued, 2 on its way to another CPU
    policy: 'unsigned int',
    prio: 'int',
    rt_priority: 'unsigned int',
    se: 'struct sched_entity',
    on_cpu: { type: 'int', optional: true }, // SMP only
    cpu: { type: 'unsigned int', optional: true }, // THREAD_INFO_IN_TASK before 5.16: in the task; after: in thread_info
    thread_info: { type: 'struct thread_info', optional: true },
    tasks: 'struct list_head',
    thread_node: 'struct list_head',
    real_parent: 'struct task_struct *',
    group_leader: 'struct task_struct *',
    mm: 'struct mm_struct *',
    active_mm: { type: 'struct mm_struct *', optional: true },
    signal: 'struct signal_struct *',
    pid_links: { type: 'struct hlist_node[]', optional: true, formerly: 'pids' }, // by enum pid_type
    cred: 'struct cred *',
    real_cred: 'struct cred *',
    nsproxy: 'struct nsproxy *',
    files: { type: 'struct files_struct *', optional: true },
    rss_stat: { type: 'struct task_rss_stat', optional: true }, // SPLIT_RSS_COUNTING, up to 6.1
    mempolicy: { type: 'struct mempolicy *', optional: true },
    mems_allowed: { type: 'struct nodemask_t', optional: true },
    cgroups: { type: 'struct css_set *', optional: true },
    oom_reaper_list: { type: 'struct task_struct *', optional: true },
    vfork_done: { type: 'void *' },
    worker_private: { type: 'void *', optional: true }, // of a kernel thread its struct kthread, since 5.17 (e32cf5dfbe22)
    set_child_tid: { type: 'void *', optional: true }, // before
    thread: 'struct thread_struct',
    pi_blocked_on: { type: 'void *', optional: true }, // RT_MUTEXES
    blocker: { type: 'u64', optional: true }, // DETECT_HUNG_TASK_BLOCKER, since 6.16: the lock, its kind in the two lowest bits
    sched_info: { type: 'struct sched_info', optional: true },
    rcu_node_entry: { type: 'struct list_head', optional: true }, // PREEMPT_RCU
    ret_stack: { type: 'void *', optional: true }, // FUNCTION_GRAPH_TRACER
    fs: { type: 'struct fs_struct *', optional: true },
    rethooks: { type: 'struct llist_head', optional: true }, // RETHOOK
    kretprobe_instances: { type: 'struct llist_head', optional: true },
  },
} as const;

/** struct signal_struct, include/linux/sched/signal.h: shared by a process's threads. */
export const signal = {
  struct: 'signal_struct',
  definedBy: 'out_of_memory',
  members: {
    thread_head: 'struct list_head',
    oom_score_adj: 'short',
    group_exit_code: { type: 'int', optional: true },
    oom_mm: { type: 'struct mm_struct *', optional: true },
  },
} as const;

/** struct rq, kernel/sched/sched.h. */
export const runqueue = {
  struct: 'rq',
  definedBy: 'wake_up_process',
  members: {
    nr_running: 'unsigned int',
    curr: 'struct task_struct *',
    idle: 'struct task_struct *',
    clock: 'u64',
  },
} as const;

/** struct sched_info, include/linux/sched.h. */
export const schedInfo = {
  struct: 'sched_info',
  optional: true,
  definedBy: 'wake_up_process',
  members: {
    last_arrival: 'u64',
    last_queued: 'u64',
  },
} as const;
