import { ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { constant, fixed } from '../constants.js';
import type { Task } from './tasks.js';

/** By bit of the state: fls() of it, as in task_state_index(). */
const LETTERS = 'RSDTtXZP';

/** What a task does, as `ps` and /proc/PID/status show it. */
export interface TaskState {
  /** One of `taskStateWords`. */
  readonly letter: string;
  /** `__state` with `exit_state`, unmasked. */
  readonly flags: number;
  /** It runs on a CPU at this moment, or spins for one. */
  readonly onCpu: boolean;
}

/** Mirrors task_state_index() and task_index_to_char(). @throws ReadError, ShapeError */
export function taskState(task: Task): TaskState {
  const state = task.__state ?? task.state;
  if (state === undefined)
    throw new ShapeError('`struct task_struct` has neither `__state` nor `state` in this kernel');
  const flags = (state | task.exit_state) >>> 0;
  return { letter: letterOf(state >>> 0, task.exit_state), flags, onCpu: task.on_cpu === 1 };
}

function letterOf(state: number, exitState: number): string {
  const idle = fixed('TASK_UNINTERRUPTIBLE') | fixed('TASK_NOLOAD');
  if ((state & fixed('TASK_NEW')) !== 0) return 'N';
  if ((state & idle) === idle) return 'I';
  const waits = (state & (fixed('TASK_RTLOCK_WAIT') | fixed('TASK_FROZEN'))) !== 0 ? fixed('TASK_UNINTERRUPTIBLE') : 0;
  const reported = ((state | exitState) & fixed('TASK_REPORT')) | waits;
  return LETTERS[32 - Math.clz32(reported)] ?? '?';
}

/** The CPU that a task runs on, or ran on last. @throws ReadError */
export function taskCpu(task: Task): number | undefined {
  return task.thread_info?.cpu ?? task.cpu;
}

/** True for a task of the kernel itself: it has no memory of its own, though it may borrow an mm. @throws ReadError */
export function isKernelThread(task: Task): boolean {
  return (task.flags & fixed('PF_KTHREAD')) !== 0;
}

/** True once do_exit() has begun. @throws ReadError */
export function isExiting(task: Task): boolean {
  return (task.flags & fixed('PF_EXITING')) !== 0;
}

/** The real user, as the kernel's own task table prints it. @throws ReadError */
export function uidOf(task: Task): number | undefined {
  return (task.real_cred ?? task.cred)?.uid;
}

/** The parent's process, as task_ppid_nr() gives it; 0 for those that the kernel started. @throws ReadError */
export function ppidOf(task: Task): number {
  const parent = task.real_parent;
  return parent === null ? 0 : parent.tgid;
}

/** What the OOM killer has done to a task. */
export interface OomMarks {
  /** TIF_MEMDIE: chosen, and it may use the reserves; undefined where the flags are not in the task (before 4.9). */
  readonly victim: boolean | undefined;
  /** MMF_OOM_SKIP: its memory is reaped, or can't be: it is passed over. */
  readonly skipped: boolean;
  /** MMF_OOM_REAP_QUEUED: the reaper has it, or had. */
  readonly reaperQueued: boolean;
  /** signal->oom_mm: it was marked as victim, though its mm may be gone. */
  readonly marked: boolean;
}

/** tsk_is_oom_victim() and the bits around it. @throws ReadError, ShapeError */
export function oomMarks(kernel: Kernel, task: Task): OomMarks {
  const held = task.signal?.oom_mm ?? task.mm;
  const flags = held ? mmFlags(kernel, held) : 0n;
  const has = (bits: bigint, name: 'TIF_MEMDIE' | 'MMF_OOM_SKIP' | 'MMF_OOM_REAP_QUEUED') =>
    ((bits >> BigInt(constant(kernel, name).value)) & 1n) === 1n;
  return {
    victim: task.thread_info && has(task.thread_info.flags, 'TIF_MEMDIE'),
    skipped: has(flags, 'MMF_OOM_SKIP'),
    reaperQueued: has(flags, 'MMF_OOM_REAP_QUEUED'),
    marked: task.signal?.oom_mm != null,
  };
}

/** `mm->flags`: a word, or the first of a bitmap since 6.18. @throws ReadError */
export function mmFlags(kernel: Kernel, mm: Ref<'mm_struct'>): bigint {
  return mm.flags ?? kernel.memory.u64(mm.$address + BigInt(kernel.offsetOf('mm_struct', 'flags')));
}
