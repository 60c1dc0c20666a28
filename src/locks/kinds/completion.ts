import type { Kernel } from '../../kernel/kernel.js';
import { allThreads, taskLabel, type Task } from '../../linux/sched/tasks.js';
import type { Lock, LockKind } from '../lock-kind.js';
import { byWaiter } from '../waits/finders.js';
import { waiterForm } from '../waits/waiters.js';

/** struct completion, kernel/sched/completion.c. It names nobody: what it stands for tells more. */
export const completion: LockKind = {
  name: 'completion',
  noun: 'completion',
  struct: 'struct completion',
  tags: ['completion', 'swait_queue_head'],
  functions: {
    acquire: [
      'wait_for_completion',
      'wait_for_completion_timeout',
      'wait_for_completion_io',
      'wait_for_completion_io_timeout',
      'wait_for_completion_interruptible',
      'wait_for_completion_interruptible_timeout',
      'wait_for_completion_killable',
      'wait_for_completion_killable_timeout',
      'wait_for_completion_state',
    ],
    inside: ['__wait_for_common', 'wait_for_common', 'do_wait_for_common', '__wait_for_completion'],
  },
  event: true,
  idle: true,
  anywhere: true,
  words: (kernel, { address }) => {
    const done = kernel.attempt('completion.done', () => kernel.ref('completion', address).done);
    return done === undefined ? '' : done === 0 ? 'not completed' : 'completed';
  },
  // Since 5.7 (a5c6234e1028) its waiters are on a simple wait queue.
  waiter: (kernel) =>
    kernel.has('completion')
      ? waiterForm(kernel, { struct: 'swait_queue', task: 'task', node: 'task_list' }, 'completion', 'wait.task_list')
      : undefined,
  finders: [byWaiter],
  standsFor: exitBehind,
};

/** task->vfork_done: a parent waits so for a child of vfork(), and kthread_stop() for a thread's end. */
function exitBehind(kernel: Kernel, lock: Lock): Lock {
  const task = tasksByVforkDone(kernel).get(lock.address);
  if (task === undefined) return lock;
  const label = taskLabel(kernel, task);
  return {
    ...lock,
    name: {
      text: `the end of ${label} (vfork_done at 0x${lock.address.toString(16)})`,
      about: 'vfork_done',
      known: true,
    },
    heldBy: { task: task.$address, evidence: `task_struct.vfork_done of ${label} is this completion` },
  };
}

function tasksByVforkDone(kernel: Kernel): ReadonlyMap<bigint, Task> {
  return kernel.once(
    'tasks by vfork_done',
    () =>
      new Map(
        allThreads(kernel).flatMap((task) => {
          const done = kernel.attempt('task_struct.vfork_done', () => task.vfork_done);
          return done === undefined || done === 0n ? [] : [[done, task] as const];
        }),
      ),
  );
}
