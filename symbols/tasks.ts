/** struct task_struct, include/linux/sched.h. */
export const task = {
  struct: 'task_struct',
  definedBy: 'out_of_memory',
  members: {
    __state: { type: 'unsigned int', optional: true }, // since 5.14 (2f064a59a11f)
    state: { type: 'long', optional: true }, // before
    exit_state: 'int',
    exit_code: 'int',
    flags: 'unsigned int',
    stack: 'void *',
    pid: 'int',
    tgid: 'int',
    comm: 'char[]',
    prio: 'int',
    on_cpu: { type: 'int', optional: true }, // SMP only
    jobctl: { type: 'u64', optional: true },
    cpu: { type: 'unsigned int', optional: true }, // THREAD_INFO_IN_TASK before 5.16: in the task; after: in thread_info
    thread_info: { type: 'struct thread_info', optional: true },
    tasks: 'struct list_head',
    children: 'struct list_head',
    sibling: 'struct list_head',
    thread_group: { type: 'struct list_head', optional: true }, // gone in 6.7 (8e1f385104ac)
    thread_node: 'struct list_head',
    real_parent: 'struct task_struct *',
    parent: 'struct task_struct *',
    group_leader: 'struct task_struct *',
    mm: 'struct mm_struct *',
    active_mm: 'struct mm_struct *',
    signal: 'struct signal_struct *',
    thread_pid: { type: 'struct pid *', optional: true }, // since 4.19 (2c4704756cab)
    pid_links: { type: 'struct hlist_node[]', optional: true, formerly: 'pids' }, // by enum pid_type
    cred: 'struct cred *',
    real_cred: 'struct cred *',
    nsproxy: 'struct nsproxy *',
    files: { type: 'struct files_struct *', optional: true },
    rss_stat: { type: 'struct task_rss_stat', optional: true }, // SPLIT_RSS_COUNTING, up to 6.1
    start_time: 'u64',
    utime: 'u64',
    stime: 'u64',
    nvcsw: 'unsigned long',
    nivcsw: 'unsigned long',
    mempolicy: { type: 'struct mempolicy *', optional: true },
    mems_allowed: { type: 'struct nodemask_t', optional: true },
    cgroups: { type: 'struct css_set *', optional: true },
    oom_reaper_list: { type: 'struct task_struct *', optional: true },
    vfork_done: { type: 'void *' },
    thread: 'struct thread_struct',
    last_switch_count: { type: 'unsigned long', optional: true },
    last_switch_time: { type: 'unsigned long', optional: true },
    blocker: { type: 'u64', optional: true },
    sched_info: { type: 'struct sched_info', optional: true },
  },
} as const;

/** struct thread_info, arch/x86/include/asm/thread_info.h. */
export const threadInfo = {
  struct: 'thread_info',
  definedBy: 'out_of_memory',
  members: { flags: 'u64', cpu: { type: 'unsigned int', optional: true } },
} as const;

/** struct thread_struct, arch/x86/include/asm/processor.h: what a task that sleeps left off with. */
export const threadStruct = {
  struct: 'thread_struct',
  definedBy: 'out_of_memory',
  members: { sp: 'void *' },
} as const;

/** struct signal_struct, include/linux/sched/signal.h: shared by a process's threads. */
export const signal = {
  struct: 'signal_struct',
  definedBy: 'out_of_memory',
  members: {
    thread_head: 'struct list_head',
    nr_threads: 'int',
    flags: 'unsigned int',
    oom_score_adj: 'short',
    oom_mm: { type: 'struct mm_struct *', optional: true },
    group_exit_code: 'int',
  },
} as const;

/** struct cred, include/linux/cred.h. */
export const cred = {
  struct: 'cred',
  definedBy: 'out_of_memory',
  members: { uid: 'unsigned int', euid: 'unsigned int' },
} as const;

/** struct mm_struct, include/linux/mm_types.h. */
export const mm = {
  struct: 'mm_struct',
  definedBy: 'out_of_memory',
  members: {
    pgd: 'void *',
    mm_users: 'atomic_t',
    mm_count: 'atomic_t',
    pgtables_bytes: 'atomic_long_t',
    map_count: 'int',
    rss_stat: { type: 'struct mm_rss_stat', optional: true }, // up to 6.1
    rss_counters: { type: 'struct percpu_counter[]', optional: true, formerly: 'rss_stat' }, // the same member since 6.2 (f1a7941243c1)
    total_vm: 'unsigned long',
    locked_vm: 'unsigned long',
    pinned_vm: { type: 'u64' },
    data_vm: 'unsigned long',
    exec_vm: 'unsigned long',
    stack_vm: 'unsigned long',
    start_brk: 'void *',
    brk: 'void *',
    start_stack: 'void *',
    arg_start: 'void *',
    arg_end: 'void *',
    env_start: 'void *',
    env_end: 'void *',
    flags: { type: 'u64', optional: true }, // a bitmap since 6.18
    owner: { type: 'struct task_struct *', optional: true },
    mmap: { type: 'struct vm_area_struct *', optional: true }, // a list up to 6.0
    mm_mt: { type: 'struct maple_tree', optional: true }, // a maple tree since 6.1
  },
} as const;

/** struct vm_area_struct, include/linux/mm_types.h. */
export const vma = {
  struct: 'vm_area_struct',
  definedBy: 'out_of_memory',
  members: {
    vm_start: 'void *',
    vm_end: 'void *',
    vm_flags: 'u64',
    vm_pgoff: 'unsigned long',
    vm_file: 'struct file *',
    vm_next: { type: 'struct vm_area_struct *', optional: true },
  },
} as const;

/** struct pid, include/linux/pid.h. */
export const pid = {
  struct: 'pid',
  definedBy: 'out_of_memory',
  members: { level: 'unsigned int', tasks: 'struct hlist_head[]' }, // tasks by enum pid_type
} as const;

/** struct pid_namespace, include/linux/pid_namespace.h: the PID IDR is the second road to all tasks. */
export const pidNamespace = {
  struct: 'pid_namespace',
  definedBy: 'find_pid_ns',
  members: { idr: 'struct idr', level: 'unsigned int' },
} as const;

/** struct idr, include/linux/idr.h. */
export const idr = {
  struct: 'idr',
  definedBy: 'find_pid_ns',
  members: { idr_base: 'unsigned int', idr_rt: 'struct xarray' },
} as const;

/** struct mm_rss_stat, include/linux/mm_types_task.h, up to 6.1: pages by MM_FILEPAGES and its fellows. */
export const mmRssStat = {
  struct: 'mm_rss_stat',
  definedBy: 'out_of_memory',
  members: { count: 'atomic_long_t[]' },
} as const;

/** struct task_rss_stat, up to 6.1 with SPLIT_RSS_COUNTING: what a thread has not yet added to its mm. */
export const taskRssStat = {
  struct: 'task_rss_stat',
  definedBy: 'out_of_memory',
  members: { count: 'int[]' },
} as const;

/** struct percpu_counter, include/linux/percpu_counter.h: the sum is count and what each CPU holds. */
export const percpuCounter = {
  struct: 'percpu_counter',
  definedBy: 'out_of_memory',
  members: { count: 's64', counters: { type: 'int *', percpu: true, optional: true } }, // counters: SMP only
} as const;

/** struct rq, kernel/sched/sched.h. */
export const runqueue = {
  struct: 'rq',
  definedBy: 'wake_up_process',
  members: { nr_running: 'unsigned int', curr: 'struct task_struct *', idle: 'struct task_struct *' },
} as const;

/** struct pcpu_hot, arch/x86/include/asm/current.h: from 6.2 to 6.14. */
export const pcpuHot = {
  struct: 'pcpu_hot',
  definedBy: 'out_of_memory',
  members: { current_task: 'struct task_struct *' },
} as const;
