import type { Task } from './tasks.js';

/** include/linux/sched.h, since 4.14; the bits that a state is reported by. */
const TASK_UNINTERRUPTIBLE = 0x2;
const REPORTED = 0x7f; // TASK_REPORT: running to parked
const TASK_NOLOAD = 0x400;
const TASK_IDLE = TASK_UNINTERRUPTIBLE | TASK_NOLOAD;
const TASK_RTLOCK_WAIT = 0x1000;
const TASK_FROZEN = 0x8000; // since 6.1 (f5d39b020809)
const TASK_NEW = 0x800;

/** By bit of the state: fls() of it, as in task_state_index(). */
const LETTERS = 'RSDTtXZP';

/** What a task does, as `ps` and /proc/PID/status show it. */
export interface TaskState {
  /** R running or runnable, S sleeping, D in uninterruptible sleep, T stopped, t traced, X dead, Z zombie, P parked, I idle kernel thread, N new. */
  readonly letter: string;
  /** `__state` with `exit_state`, unmasked. */
  readonly flags: number;
  /** It runs on a CPU at this moment, or spins for one. */
  readonly onCpu: boolean;
}

/** Mirrors task_state_index() and task_index_to_char(). @throws ReadError */
export function taskState(task: Task): TaskState {
  const state = task.__state ?? task.state ?? 0;
  const flags = (state | task.exit_state) >>> 0;
  return { letter: letterOf(state >>> 0, task.exit_state), flags, onCpu: task.on_cpu === 1 };
}

function letterOf(state: number, exitState: number): string {
  if ((state & TASK_NEW) !== 0) return 'N';
  if ((state & TASK_IDLE) === TASK_IDLE) return 'I';
  const waits = (state & (TASK_RTLOCK_WAIT | TASK_FROZEN)) !== 0 ? TASK_UNINTERRUPTIBLE : 0;
  const reported = ((state | exitState) & REPORTED) | waits;
  return LETTERS[32 - Math.clz32(reported)] ?? '?';
}

/** The CPU that a task runs on, or ran on last. @throws ReadError */
export function taskCpu(task: Task): number | undefined {
  return task.thread_info?.cpu ?? task.cpu;
}

/** PF_KTHREAD, include/linux/sched.h: since 2.6.27. */
const PF_KTHREAD = 0x0020_0000;
const PF_EXITING = 0x4;

/** True for a task of the kernel itself: it has no memory of its own, though it may borrow an mm. @throws ReadError */
export function isKernelThread(task: Task): boolean {
  return (task.flags & PF_KTHREAD) !== 0;
}

/** True once do_exit() has begun. @throws ReadError */
export function isExiting(task: Task): boolean {
  return (task.flags & PF_EXITING) !== 0;
}

/** The real user, as the kernel's own task table prints it. @throws ReadError */
export function uidOf(task: Task): number | undefined {
  return (task.real_cred ?? task.cred)?.uid;
}

/** The parent's process, as task_ppid_nr() gives it; 0 for those that the kernel started. @throws ReadError */
export function ppidOf(task: Task): number {
  return task.real_parent?.tgid ?? 0;
}


