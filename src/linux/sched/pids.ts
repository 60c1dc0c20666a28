import { idrEntries } from '../../kernel/containers/idr.js';
import { ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { gatherGaps } from '../../kernel/gathered-gaps.js';

/** What stands at a PID: its task, or why that can't be read. */
export type PidEntry = { pid: number; task: Ref<'task_struct'> } | { pid: number; reason: string };

/** enum pid_type: PIDTYPE_PID has been its first since 2.6. */
const PIDTYPE_PID = 0;

/** PID_MAX_LIMIT of 64-bit machines, include/linux/threads.h. */
const MOST_PIDS = 1 << 22;

/**
 * The tasks by PID in the initial namespace, as find_ge_pid() and pid_task() find them: `init_pid_ns.idr`, struct pid,
 * and its list of tasks. Since 4.15 (95846ecf9dac); the road to tasks that a broken task list hides.
 */
export function* tasksByPid(kernel: Kernel): Generator<PidEntry, void> {
  const idr = kernel.attempt('init_pid_ns.idr', () => kernel.global('init_pid_ns').idr.$address);
  // Since 4.19 (2c4704756cab); before, `pids[]` with the node as its first member.
  const links = kernel.attempt('task_struct.pid_links', () => linksOf(kernel));
  if (idr === undefined || links === undefined) return;
  for (const { id, entry } of idrEntries(kernel, idr, 'init_pid_ns.idr')) {
    if (id > MOST_PIDS) return kernel.gap('init_pid_ns.idr', `a pid of ${id}: no machine has that`);
    // No pointer to a struct pid.
    if ((entry & 3n) !== 0n) continue;
    yield* tasksOfPid(kernel, entry, { pid: id, links });
  }
}

/** @throws ShapeError */
function linksOf(kernel: Kernel): bigint {
  const offset = kernel.bind('task_struct').offsets.get('pid_links');
  if (offset === undefined)
    throw new ShapeError('`struct task_struct` has neither `pid_links` nor `pids` in this kernel');
  return BigInt(offset);
}

/** A struct pid may be held for a process group or session whose leader is gone: it then has no task of its own. */
function* tasksOfPid(
  kernel: Kernel,
  address: bigint,
  { pid, links }: { pid: number; links: bigint },
): Generator<PidEntry, void> {
  const { result: first, gaps } = gatherGaps(kernel, () =>
    kernel.attempt('struct pid', () => kernel.ref('pid', address).tasks[PIDTYPE_PID]?.first),
  );
  if (first === undefined) {
    yield { pid, reason: `its struct pid can't be read: ${gaps[0]?.reason ?? 'no list of tasks in it'}` };
    return;
  }
  // One task at most has a PID as its own.
  if (first !== 0n) yield { pid, task: kernel.ref('task_struct', first - links) };
}
