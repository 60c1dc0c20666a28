/**
 * Macros that no kernel has in its types. `value` where it has never moved, or where `where` holds it fast; else
 * `bitOf` names a function whose first locked bit instruction has the number in its code, and `since` is the last
 * resort.
 */
export const constants = {
  /** include/linux/sched.h */
  PF_EXITING: { value: 0x4 },
  PF_KTHREAD: { value: 0x20_0000 },

  /** include/linux/sched.h, since 4.14 (8ef9925b02c2): bits of `__state` and `exit_state`. */
  TASK_UNINTERRUPTIBLE: { value: 0x2 },
  TASK_REPORT: { value: 0x7f },
  TASK_NOLOAD: { value: 0x400 },
  TASK_DEAD: { value: 0x80 },
  EXIT_DEAD: { value: 0x10 },
  TASK_NEW: { value: 0x800 },
  TASK_RTLOCK_WAIT: { value: 0x1000 }, // since 5.15
  TASK_FROZEN: { value: 0x8000 }, // since 6.1 (f5d39b020809)

  /** arch/x86/include/asm/thread_info.h; the generic numbers since 6.18. mark_oom_victim() begins by setting it. */
  TIF_MEMDIE: {
    bitOf: 'mark_oom_victim',
    since: [
      ['6.18', 3],
      ['3.0', 20],
    ],
  },

  /** include/linux/mm_types.h, before 6.12 include/linux/sched/coredump.h: bits of `mm->flags`. */
  MMF_OOM_SKIP: { value: 21 },
  /** 26 until MMF_OOM_VICTIM went (5.19, b3541d912a84). queue_oom_reaper() begins by setting it. */
  MMF_OOM_REAP_QUEUED: {
    bitOf: 'queue_oom_reaper',
    since: [
      ['5.19', 25],
      ['5.10', 26],
    ],
  },
} as const;
