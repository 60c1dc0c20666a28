import { describe, expect, test } from 'vitest';
import { contendedLocks, lockFindings } from 'oompm/locks';
import { to, type ToyFunction, type ToyKernel, type ToyValue } from 'oompm/testing';

import { BOTTOM, sleeperSlot, toyMachine, type ToyMachineOptions, type ToySleeper } from '../stack/toy-machine.js';

/** A struct wq_barrier, with the completion in it. */
const BARRIER = 0xffffffff82c00000n;
const COMPLETION = BARRIER + 40n;
const WAITERS = COMPLETION + 16n;

const functions = {
  schedule: {},
  // Its frame is a struct swait_queue: the task, next, prev.
  wait_for_completion: { orc: { spOffset: 32 }, code: [{ call: 'schedule' }] },
  __flush_work: { code: [{ call: 'wait_for_completion' }] },
  kthread_stop: { code: [{ call: 'wait_for_completion' }] },
  flusher: { ...BOTTOM, code: [{ call: '__flush_work' }] },
  stopper: { ...BOTTOM, code: [{ call: 'kthread_stop' }] },
  refresh: { code: [{ call: 'schedule' }] },
  worker_thread: { ...BOTTOM, code: [{ call: 'refresh' }] },
  default_idle: BOTTOM,
} satisfies Record<string, ToyFunction>;

const types = `
  struct swait_queue_head { u64 lock; struct list_head task_list; };
  struct swait_queue { struct task_struct *task; struct list_head task_list; };
  struct completion { unsigned int done; struct swait_queue_head wait; };
  struct work_struct { u64 data; struct list_head entry; void *func; u64 debug; };
  struct wq_barrier { struct work_struct work; struct completion done; };
  struct worker { struct list_head entry; u64 current_work, current_func; struct list_head scheduled; struct task_struct *task; };
  struct sched_entity { u64 exec_start, sum_exec_runtime; };
  struct sched_rq_clock { u64 clock; };
`;

const NODE = sleeperSlot(1, 2);
const CALLS = {
  flush: ['schedule', 'wait_for_completion', '__flush_work', 'flusher'],
  stop: ['schedule', 'wait_for_completion', 'kthread_stop', 'stopper'],
};

/** One task that waits for the completion, and one that may have to bring it about. */
function machine(calls: readonly string[], doer: ToySleeper['task'], more: ToyMachineOptions = {}): ToyKernel {
  const build = (task: bigint) =>
    toyMachine(functions, [{ comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] }], {
      ...more,
      types,
      variables: {
        barrier: {
          type: 'struct wq_barrier',
          at: BARRIER,
          value: { done: { wait: { task_list: { next: NODE, prev: NODE } } } },
        },
        ...more.variables,
      },
      sleepers: [
        { comm: 'waiter', pid: 101, calls, locals: { wait_for_completion: [task, WAITERS, WAITERS] } },
        { comm: 'doer', pid: 102, calls: ['schedule', 'refresh', 'worker_thread'], ...(doer ? { task: doer } : {}) },
      ],
    });
  return build(build(0n).addressOf('waiter'));
}

const told = (kernel: ToyKernel) =>
  contendedLocks(kernel).map(({ lock, waits, holders }) => [
    lock.kind.name,
    lock.name.text,
    waits.map(({ waiter }) => waiter.label),
    holders.map(({ holder, certainty }) => `${holder.label}, ${certainty}`),
  ]);

describe('what a completion stands for', () => {
  const entry = BARRIER + 8n;
  const work: ToyValue = {
    current_work: 0xffff888001234560n,
    current_func: 0xffffffff81000000n + 7n * 256n,
    scheduled: { next: entry, prev: entry },
    task: to('doer'),
  };
  const ring = (value: ToyValue): ToyMachineOptions => ({
    objects: { worker: { type: 'struct worker', value } },
    overwrite: { 'barrier.work.entry.next': to('worker.scheduled'), 'barrier.work.entry.prev': to('worker.scheduled') },
  });

  test('flush_work(): the work item, and the worker on whose list the barrier stands', () => {
    expect(told(machine(CALLS.flush, {}, ring(work)))).toEqual([
      ['work item', 'the work item refresh at 0xffff888001234560', ['waiter (101)'], ['doer (102), certain']],
    ]);
  });

  test('flush_work() of an item that no worker runs: the completion, and nobody', () => {
    expect(told(machine(CALLS.flush, {}, ring({ ...(work as object), current_work: 0n })))).toMatchObject([
      ['completion', expect.stringMatching(/^barrier/), ['waiter (101)'], []],
    ]);
    expect(told(machine(CALLS.flush, {}, ring({ ...(work as object), task: 1n })))).toMatchObject([
      ['completion', expect.stringMatching(/^barrier/), ['waiter (101)'], []],
    ]);
  });

  test('a list that is broken, or goes in a circle, ends', () => {
    expect(told(machine(CALLS.flush, {}, { overwrite: { 'barrier.work.entry.prev': 0x10n } }))).toMatchObject([
      ['completion', expect.stringMatching(/^barrier/), ['waiter (101)'], []],
    ]);
    const circle: ToyMachineOptions = {
      objects: { other: { type: 'struct list_head', value: { prev: to('other') } } },
      overwrite: { 'barrier.work.entry.prev': to('other') },
    };
    expect(told(machine(CALLS.flush, {}, circle))).toMatchObject([
      ['completion', expect.stringMatching(/^barrier/), ['waiter (101)'], []],
    ]);
  });

  test('kthread_stop(), vfork(): the end of the task whose vfork_done it is', () => {
    expect(told(machine(CALLS.stop, { vfork_done: COMPLETION }))).toEqual([
      [
        'completion',
        `the end of doer (102) (vfork_done at 0x${COMPLETION.toString(16)})`,
        ['waiter (101)'],
        ['doer (102), certain'],
      ],
    ]);
  });

  test('a completion of which nobody knows more is no finding', () => {
    const kernel = machine(CALLS.stop, {});
    expect(told(kernel)).toMatchObject([['completion', expect.stringMatching(/^barrier/), ['waiter (101)'], []]]);
    expect(lockFindings(kernel)).toEqual([]);
  });
});
