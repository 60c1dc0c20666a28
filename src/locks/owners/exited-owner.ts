import type { Kernel } from '../../kernel/kernel.js';
import { fixed } from '../../linux/constants.js';
import { taskState } from '../../linux/sched/task-state.js';
import type { LockKind } from '../lock-kind.js';
import { lockState, tasksByAddress } from '../state/lock-state.js';
import { slabObject } from '../../linux/mm/slab-object.js';

/** The state in which a task is freed. */
const DEAD = fixed('TASK_DEAD') | fixed('EXIT_DEAD');

/**
 * Whom a lock names as its owner though that task has exited: "worker (116)"; undefined where the owner lives or nobody
 * is named.
 */
export function exitedOwner(kernel: Kernel, kind: LockKind, address: bigint): string | undefined {
  const state = lockState(kernel, kind, address);
  return state?.owner === undefined || state.ownerIsReader === true ? undefined : exitedTask(kernel, state.owner);
}

/**
 * What an exited task's task_struct still says of it. Believed where it is an object of the kernel's cache for them, no
 * list has the task, and its state is that which do_task_dead() leaves: that no list has it may also be for a broken
 * list.
 */
export function exitedTask(kernel: Kernel, task: bigint): string | undefined {
  if (tasksByAddress(kernel).has(task)) return undefined;
  const object = slabObject(kernel, task);
  if (object?.cache !== 'task_struct' || object.offset !== 0) return undefined;
  // A freed object may be gone from the dump: then nothing tells whose it was.
  return kernel.peek('a task that has exited', () => {
    const exited = kernel.ref('task_struct', task);
    const { comm, pid } = exited;
    return taskState(exited).flags === DEAD && pid > 0 && comm !== '' ? `${comm} (${pid})` : undefined;
  });
}
