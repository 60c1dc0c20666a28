import type { LockKind } from '../lock-kind.js';
import { waiterForm } from '../waits/waiters.js';

/** struct wait_queue_head, kernel/sched/wait.c: whoever wakes its waiters is not known. */
export const waitQueue: LockKind = {
  name: 'wait queue',
  noun: 'wait queue',
  struct: 'struct wait_queue_head',
  tags: ['wait_queue_head'],
  idle: true,
  anywhere: true,
  waiter: (kernel) =>
    waiterForm(kernel, { struct: 'wait_queue_entry', task: 'private', node: 'entry' }, 'wait_queue_head', 'head'),
};
