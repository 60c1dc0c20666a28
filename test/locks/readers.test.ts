import { describe, expect, test } from 'vitest';
import { contendedLocks } from 'oompm/locks';
import type { ToyFunction } from 'oompm/testing';

import { BOTTOM, sleeperSlot, toyMachine } from '../stack/toy-machine.js';

const LOCK = 0xffffffff82f00000n;
const WAITERS = LOCK + 16n;

const functions = {
  schedule: {},
  // A struct rwsem_waiter: next, prev, the task, the type.
  rwsem_down_write_slowpath: { orc: { spOffset: 40 }, code: [{ call: 'schedule' }] },
  down_write: { code: [{ call: 'rwsem_down_write_slowpath' }] },
  down_read: {},
  up_read: {},
  writer: { ...BOTTOM, code: [{ load: LOCK }, { call: 'down_write' }] },
  reader: {
    ...BOTTOM,
    code: [{ load: LOCK }, { call: 'down_read' }, { call: 'schedule' }, { load: LOCK }, { call: 'up_read' }],
  },
  left: {
    ...BOTTOM,
    code: [{ load: LOCK }, { call: 'down_read' }, { load: LOCK }, { call: 'up_read' }, { call: 'schedule' }],
  },
  default_idle: BOTTOM,
} satisfies Record<string, ToyFunction>;

const types = `
  enum rwsem_waiter_type { RWSEM_WAITING_FOR_WRITE, RWSEM_WAITING_FOR_READ };
  struct rw_semaphore { u64 count, owner; struct list_head wait_list; };
  struct rwsem_waiter { struct list_head list; struct task_struct *task; enum rwsem_waiter_type type; };
  struct sched_entity { u64 exec_start, sum_exec_runtime; };
`;
const NODE = sleeperSlot(1, 1);

/** A writer that waits for as many readers as the count says; the owner word names the one that has left. */
function machine(count: number, readers: readonly string[]) {
  const build = (task: (name: string) => bigint) =>
    toyMachine(functions, [{ comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] }], {
      types,
      variables: {
        port_sem: {
          type: 'struct rw_semaphore',
          at: LOCK,
          value: { count: (BigInt(count) << 8n) | 2n, owner: task('gone') | 1n, wait_list: { next: NODE, prev: NODE } },
        },
      },
      sleepers: [
        {
          comm: 'writer',
          pid: 101,
          calls: ['schedule', 'rwsem_down_write_slowpath', 'down_write', 'writer'],
          locals: { rwsem_down_write_slowpath: [WAITERS, WAITERS, task('writer'), 0n] },
        },
        { comm: 'gone', pid: 102, calls: ['schedule', 'left'] },
        ...readers.map((comm, index) => ({ comm, pid: 110 + index, calls: ['schedule', 'reader'] })),
      ],
    });
  const first = build(() => 0n);
  return contendedLocks(build((name) => first.addressOf(name))).map(({ state, holders }) => [
    state,
    holders.map(({ holder, certainty }) => `${holder.label}, ${certainty}`),
  ]);
}

describe('readers of a rwsem, whose owner word names at most the last that came in', () => {
  test('as many stacks as the count says are all of them; who is named there has left', () => {
    expect(machine(2, ['one', 'two'])).toEqual([
      ['held by 2 readers, with waiters', ['one (110), certain', 'two (111), certain']],
    ]);
  });

  test('where a reader is not found, the one that is named may be it', () => {
    expect(machine(3, ['one', 'two'])).toEqual([
      ['held by 3 readers, with waiters', ['one (110), likely', 'two (111), likely', 'gone (102), possible']],
    ]);
  });

  test('a single one', () => {
    expect(machine(1, ['one'])).toEqual([['held by 1 reader, with waiters', ['one (110), certain']]]);
  });
});
