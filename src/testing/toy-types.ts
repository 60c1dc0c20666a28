/** What any kernel has, for toy kernels: scalars in structs, and the containers as of 6.12. */
export const commonTypes = `
  typedef struct { int counter; } atomic_t;
  typedef struct { s64 counter; } atomic64_t;
  typedef struct { long counter; } atomic_long_t;
  struct list_head { struct list_head *next, *prev; };
  struct hlist_node { struct hlist_node *next, **pprev; };
  struct hlist_head { struct hlist_node *first; };
  struct rb_node { unsigned long __rb_parent_color; struct rb_node *rb_right, *rb_left; };
  struct rb_root { struct rb_node *rb_node; };
  struct llist_node { struct llist_node *next; };
  struct llist_head { struct llist_node *first; };
  struct xarray { u32 xa_lock, xa_flags; void *xa_head; };
  struct xa_node { unsigned char shift, offset, count, nr_values; struct xa_node *parent; void *array; struct list_head private_list; void *slots[64]; };
  struct idr { struct xarray idr_rt; unsigned int idr_base, idr_next; };
  struct maple_tree { unsigned int ma_flags; void *ma_root; };
  struct maple_metadata { unsigned char end, gap; };
  struct maple_range_64 {
    void *parent; unsigned long pivot[15]; union { void *slot[16]; struct { void *pad[15]; struct maple_metadata meta; }; };
  };
  struct maple_arange_64 { void *parent; unsigned long pivot[9]; void *slot[10]; unsigned long gap[10]; struct maple_metadata meta; };
  struct cpumask { unsigned long bits[1]; };
`;

/**
 * The declarations with further members at the end of one of their structs: `withMembers(taskTypes, 'task_struct',
 * 'struct list_head cg_list;')`.
 *
 * @throws Error where they have no such struct
 */
export function withMembers(types: string, struct: string, members: string): string {
  const head = new RegExp(`\\bstruct\\s+${struct}\\s*\\{`).exec(types);
  if (head === null) throw new Error(`withMembers: the types have no struct ${struct}`);
  let end = head.index + head[0].length;
  for (let depth = 1; end < types.length; end++) {
    if (types[end] === '{') depth++;
    if (types[end] === '}' && --depth === 0) break;
  }
  return `${types.slice(0, end)} ${members} ${types.slice(end)}`;
}

/** Tasks and what hangs on them, as of 6.12 and with the members that oompm's shapes name; rss by per-CPU counters. */
export const taskTypes = `
  struct thread_info { unsigned long flags; u32 cpu; };
  struct thread_struct { unsigned long sp; };
  struct cred { u32 uid, euid; };
  struct pid { unsigned int level; struct hlist_head tasks[4]; };
  struct pid_namespace { struct idr idr; unsigned int level; };
  struct percpu_counter { s64 count; s32 *counters; };
  enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };
  struct mm_struct {
    unsigned long pgd; atomic_t mm_users, mm_count; atomic_long_t pgtables_bytes; int map_count;
    struct percpu_counter rss_stat[4];
    unsigned long total_vm, locked_vm; atomic64_t pinned_vm; unsigned long data_vm, exec_vm, stack_vm;
    unsigned long start_brk, brk, start_stack, arg_start, arg_end, env_start, env_end, flags;
    struct maple_tree mm_mt;
  };
  struct signal_struct {
    int nr_threads; struct list_head thread_head; unsigned int flags; short oom_score_adj; struct mm_struct *oom_mm; int group_exit_code;
  };
  struct sched_entity { u64 exec_start; };
  struct task_struct {
    struct thread_info thread_info; unsigned int __state; void *stack; unsigned int flags; int on_cpu, prio;
    struct list_head tasks; struct mm_struct *mm, *active_mm; int exit_state, exit_code; unsigned long jobctl;
    pid_t pid, tgid; struct task_struct *real_parent, *parent; struct list_head children, sibling; struct task_struct *group_leader;
    struct pid *thread_pid; struct hlist_node pid_links[4]; struct list_head thread_node; void *vfork_done;
    u64 utime, stime; unsigned long nvcsw, nivcsw; u64 start_time; struct cred *real_cred, *cred; char comm[16];
    void *nsproxy; struct signal_struct *signal; struct thread_struct thread;
    int on_rq; unsigned int policy, rt_priority; struct sched_entity se;
  };
  struct rq { unsigned int nr_running; struct task_struct *curr, *idle; u64 clock; };
`;
