import { describe, expect, test } from 'vitest';
import { contendedLocks, lockFindings } from 'oompm/locks';
import { to, type ToyFunction, type ToyValue } from 'oompm/testing';

import { BOTTOM, toyMachine } from '../stack/toy-machine.js';

const LOCK = 0xffffffff82d00000n;

const functions = {
  schedule: {},
  __rt_mutex_slowlock_locked: { orc: { spOffset: 16 }, code: [{ call: 'schedule' }] },
  rt_mutex_lock: { code: [{ call: '__rt_mutex_slowlock_locked' }] },
  rt_mutex_unlock: {},
  taker: { ...BOTTOM, code: [{ load: LOCK }, { call: 'rt_mutex_lock' }, { load: LOCK }, { bytes: [0x90] }] },
  default_idle: BOTTOM,
} satisfies Record<string, ToyFunction>;

/** A task that sleeps in rt_mutex_lock(), and is no waiter of anything. */
function parked(owner: ToyValue) {
  return toyMachine(functions, [{ comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] }], {
    types: `
      struct rt_mutex_base { u64 wait_lock; struct rb_root waiters; struct rb_node *leftmost; struct task_struct *owner; };
      struct rt_mutex { struct rt_mutex_base rtmutex; };
      struct rt_mutex_waiter { struct rb_node tree_entry; struct task_struct *task; void *lock; };
      struct sched_entity { u64 exec_start, sum_exec_runtime; };
    `,
    taskMembers: 'struct sched_entity se; int on_rq; unsigned int policy, rt_priority; void *pi_blocked_on;',
    variables: { port_mutex: { type: 'struct rt_mutex', at: LOCK, value: { rtmutex: { owner } } } },
    sleepers: [
      {
        comm: 'parked',
        pid: 101,
        calls: ['schedule', '__rt_mutex_slowlock_locked', 'rt_mutex_lock', 'taker'],
        locals: { __rt_mutex_slowlock_locked: [LOCK] },
      },
      {
        comm: 'other',
        pid: 102,
        calls: ['schedule', '__rt_mutex_slowlock_locked', 'rt_mutex_lock', 'taker'],
        locals: { __rt_mutex_slowlock_locked: [0n] },
      },
    ],
  });
}

describe('an rt_mutex that a task wants which has it: rt_mutex_handle_deadlock() leaves no waiter', () => {
  test('the lock names the task', () => {
    const kernel = parked(to('parked'));
    expect(contendedLocks(kernel)).toMatchObject([
      {
        lock: { kind: { name: 'rtmutex' }, address: LOCK, name: { text: 'port_mutex' } },
        waits: [{ waiter: { label: 'parked (101)' } }],
        holders: [{ holder: { label: 'parked (101)' }, certainty: 'certain' }],
      },
    ]);
    expect(lockFindings(kernel)).toMatchObject([
      {
        id: 'lock.self-deadlock',
        certainty: 'certain',
        sentence: expect.stringMatching(
          /^parked \(101\) waits for port_mutex, which it holds itself: parked \(101\) took it.*, and tries to take it again in taker\. It can never proceed\.$/,
        ) as string,
      },
    ]);
  });

  test("a lock that is free, or another's, is not what it waits for", () => {
    for (const owner of [null, to('swapper')]) expect(contendedLocks(parked(owner))).toEqual([]);
  });
});
