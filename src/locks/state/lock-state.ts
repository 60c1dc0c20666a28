import type { Kernel } from '../../kernel/kernel.js';
import { allThreads, type Task } from '../../linux/sched/tasks.js';
import { idleTask } from '../../linux/sched/cpu-tasks.js';
import type { LockKind, LockState } from '../lock-kind.js';

/** Tasks by the address of their task_struct, the idle ones among them. */
export function tasksByAddress(kernel: Kernel): ReadonlyMap<bigint, Task> {
  return kernel.once('tasks by address', () => {
    const idle = kernel
      .possibleCpus()
      .map((cpu) => kernel.attempt(`idle task of CPU ${cpu}`, () => idleTask(kernel, cpu)))
      .filter((task) => task != null);
    return new Map([...idle, ...allThreads(kernel)].map((task) => [task.$address, task]));
  });
}

/** What a lock says of its owner and readers; undefined where this kernel's has another form, or it can't be read. */
export function lockState(kernel: Kernel, kind: LockKind, address: bigint): LockState | undefined {
  return kernel.peek(`state of a ${kind.name}`, () => kind.state?.(kernel, address));
}

/** Whether what stands at an address can be such a lock: it is held, and by a task that exists, if it names one. */
export function plausibleLock(kernel: Kernel, kind: LockKind, address: bigint): boolean {
  const state = lockState(kernel, kind, address);
  if (state === undefined || !state.held) return false;
  if (state.readers !== undefined && state.readers > MOST_READERS) return false;
  return state.owner === undefined
    ? kind.ownerless === true || state.readers !== undefined
    : tasksByAddress(kernel).has(state.owner);
}

/** PID_MAX_LIMIT: no more tasks can be reading. */
const MOST_READERS = 1 << 22;
