import type { Kernel } from '../../kernel/kernel.js';
import { allThreads, taskLabel } from '../../linux/sched/tasks.js';
import type { Activation } from '../contexts.js';
import { gracePeriodBehind } from './grace-period-waits.js';
import type { Lock } from '../wait.js';
import { workItemBehind } from './work-items.js';

/**
 * What a completion stands for, as far as the functions that wait for it and the structs around it tell: the end of a grace
 * period, of a work item, of a task. Else the completion itself, which names nobody.
 */
export function behindCompletion(kernel: Kernel, lock: Lock, activations: readonly Activation[], takerIndex: number): Lock {
  if (lock.kind !== 'completion') return lock;
  return gracePeriodBehind(kernel, activations, takerIndex) ?? workItemBehind(kernel, lock.address, activations[takerIndex]?.name) ?? exitBehind(kernel, lock);
}

/** task->vfork_done: a parent waits so for a child of vfork(), and kthread_stop() for a thread's end. */
function exitBehind(kernel: Kernel, lock: Lock): Lock {
  const task = tasksByVforkDone(kernel).get(lock.address);
  if (task === undefined) return lock;
  const label = taskLabel(kernel, task);
  return {
    ...lock, name: { text: `the end of ${label} (vfork_done at 0x${lock.address.toString(16)})`, about: 'vfork_done', known: true },
    heldBy: { task: task.$address, evidence: `task_struct.vfork_done of ${label} is this completion` },
  };
}

function tasksByVforkDone(kernel: Kernel): ReadonlyMap<bigint, ReturnType<typeof allThreads>[number]> {
  return kernel.once('tasks by vfork_done', () => new Map(allThreads(kernel).flatMap((task) => {
    const done = kernel.attempt('task_struct.vfork_done', () => task.vfork_done);
    return done === undefined || done === 0n ? [] : [[done, task] as const];
  })));
}
