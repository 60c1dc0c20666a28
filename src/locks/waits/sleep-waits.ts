import type { Kernel } from '../../kernel/kernel.js';
import { taskState } from '../../linux/sched/task-state.js';
import type { Task } from '../../linux/sched/tasks.js';
import { spOf } from '../../arch/stack/frame.js';
import { hex } from '../../words/hex.js';
import { sleepingContexts, type Activation, type Context } from '../contexts.js';
import { lockKinds } from '../kinds/all.js';
import type { Acquiring, FoundLock, Lock, LockKind, Sleeper, Wait } from '../lock-kind.js';
import { lockName } from '../names/lock-name.js';
import { lockGivenAt } from '../owners/lock-calls.js';
import { acquiringIn } from './acquiring.js';
import { behindCompletion } from './behind-completion.js';
import { ownWaiters } from './finders.js';
import { formOf, ringOf } from './waiters.js';
import { defined } from '../../words/defined.js';

/**
 * What each sleeping task waits for. A waiter's struct on the task's own stack tells, which names the task and is
 * linked into the lock's list; nothing else is believed. Wait queues count only for tasks in uninterruptible sleep.
 */
export function sleepWaits(kernel: Kernel): readonly Wait[] {
  return kernel.once('sleep waits', () =>
    sleepingContexts(kernel).flatMap(
      (waiter) => kernel.attempt(`what ${waiter.label} waits for`, () => waitOf(kernel, waiter)) ?? [],
    ),
  );
}

function waitOf(kernel: Kernel, waiter: Context): Wait | undefined {
  const segment = waiter.segments[0];
  const task = waiter.task;
  if (segment === undefined || task === undefined || segment.activations.length === 0) return undefined;
  const acquiring = acquiringIn(segment);
  if (acquiring === undefined) return taskState(task).letter === 'D' ? onWaitQueue(kernel, waiter, task) : undefined;
  const found = findLock(kernel, task, acquiring);
  if (found === undefined) return undefined;
  return {
    how: found.how,
    ...defined({ node: found.node }),
    lock: behindCompletion(kernel, lockFound(kernel, acquiring.kind, found), segment.activations, acquiring.takerIndex),
    waiter,
    segment: 0,
    spinning: false,
    takerIndex: acquiring.takerIndex,
    ...defined({ mode: found.mode ?? acquiring.mode }),
    ...defined({ taker: acquiring.taker }),
  };
}

function findLock(kernel: Kernel, task: Task, acquiring: Acquiring): FoundLock | undefined {
  const { kind, taker } = acquiring;
  const sleeper: Sleeper = {
    task,
    acquiring,
    given: () => taker?.place && lockGivenAt(kernel, taker.place, taker.offset),
  };
  if (kind.finders === undefined) return undefined;
  for (const find of kind.finders) {
    const found = find(kernel, sleeper);
    if (found) return found;
  }
  return undefined;
}

function lockFound(kernel: Kernel, kind: LockKind, { address, bit, name }: FoundLock): Lock {
  return { kind, address, name: name ?? lockName(kernel, address, kind), ...defined({ bit }) };
}

/** Any other wait queue, found in the frames of the task: whoever wakes it is not known. */
function onWaitQueue(kernel: Kernel, waiter: Context, task: Task): Wait | undefined {
  const { activations } = waiter.segments[0]!;
  // Frames of the task's own work: everything up to the top may hold the entry.
  const range = { frames: activations };
  for (const kind of lockKinds.filter(({ anywhere }) => anywhere)) {
    const form = formOf(kernel, kind);
    if (form === undefined || spOf(activations[0]!.frame) === undefined) continue;
    for (const node of ownWaiters(kernel, task, range, form)) {
      const { head } = ringOf(kernel, node, form);
      if (head === undefined || form.head === undefined) continue;
      const address = head - BigInt(form.head);
      return {
        lock: behindQueue(kernel, activations) ?? lockFound(kernel, kind, { address, how: [] }),
        waiter,
        segment: 0,
        spinning: false,
        takerIndex: 0,
        node,
        how: [
          `a ${form.struct} on its stack (${hex(node - BigInt(form.node))}) names the task and is linked into the queue`,
        ],
      };
    }
  }
  return undefined;
}

function behindQueue(kernel: Kernel, activations: readonly Activation[]): Lock | undefined {
  for (const kind of lockKinds) {
    const found = kind.behindQueue?.(kernel, activations);
    if (found) return found;
  }
  return undefined;
}
