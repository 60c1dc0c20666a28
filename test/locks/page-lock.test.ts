import { describe, expect, test } from 'vitest';
import { contendedLocks, lockFindings } from 'oompm/locks';
import type { ToyFunction, ToyKernel } from 'oompm/testing';

import { BOTTOM, sleeperSlot, toyMachine } from '../stack/toy-machine.js';

const PAGE = 0xffffea0000123400n;
/** The hashed wait queue that the waiter is on. */
const QUEUE = 0xffffffff82e00000n;
const HEAD = QUEUE + 8n;

const functions = {
  schedule: {},
  // A struct wait_page_queue: folio, bit_nr, and a wait_queue_entry of flags, private, func, next, prev.
  folio_wait_bit_common: { orc: { spOffset: 64 }, code: [{ call: 'schedule' }] },
  __folio_lock: { code: [{ call: 'folio_wait_bit_common' }] },
  waiter: { ...BOTTOM, code: [{ call: '__folio_lock' }] },
  io_schedule: { orc: { spOffset: 16 }, code: [{ call: 'schedule' }] },
  // It has no call of __folio_lock: somebody who works with the page.
  reader: { ...BOTTOM, code: [{ call: 'io_schedule' }] },
  locker: { ...BOTTOM, code: [{ call: 'io_schedule' }, { call: '__folio_lock' }] },
  default_idle: BOTTOM,
} satisfies Record<string, ToyFunction>;

const types = `
  enum pageflags { PG_locked, PG_writeback };
  struct wait_queue_head { u64 lock; struct list_head head; };
  struct wait_queue_entry { unsigned int flags; void *private; void *func; struct list_head entry; };
  struct wait_page_queue { void *folio; int bit_nr; struct wait_queue_entry wait; };
  struct page { unsigned long flags; void *mapping; };
  struct sched_entity { u64 exec_start, sum_exec_runtime; };
`;
const NODE = sleeperSlot(1, 6);

function machine(other: { calls: readonly string[]; word: bigint; state?: number }, bit = 0): ToyKernel {
  const build = (task: bigint) =>
    toyMachine(functions, [{ comm: 'swapper', pid: 100, segments: [{ calls: ['default_idle'] }] }], {
      types,
      variables: {
        queue: { type: 'struct wait_queue_head', at: QUEUE, value: { head: { next: NODE, prev: NODE } } },
        page: { type: 'struct page', at: PAGE, value: { flags: 1n << BigInt(bit) } },
      },
      sleepers: [
        {
          comm: 'waiter',
          pid: 101,
          calls: ['schedule', 'folio_wait_bit_common', '__folio_lock', 'waiter'],
          locals: { folio_wait_bit_common: [PAGE, BigInt(bit), 0n, task, 0n, HEAD, HEAD] },
        },
        {
          comm: 'other',
          pid: 102,
          calls: other.calls,
          locals: { io_schedule: [other.word] },
          task: { __state: other.state ?? 2 },
        },
      ],
    });
  return build(build(0n).addressOf('waiter'));
}

const holders = (kernel: ToyKernel) =>
  contendedLocks(kernel).map(({ lock, state, holders: found }) => [
    lock.kind.name,
    lock.name.about,
    state,
    found.map(({ holder, certainty }) => `${holder.label}, ${certainty}`),
  ]);

describe('who may have a page locked', () => {
  test("a task whose function locks pages, and whose frames hold the page's address", () => {
    const kernel = machine({ calls: ['schedule', 'io_schedule', 'locker'], word: PAGE });
    expect(holders(kernel)).toEqual([['page bit', 'PG_locked', 'set', ['other (102), likely']]]);
    expect(contendedLocks(kernel)[0]!.holders[0]!.evidence.join('; ')).toMatch(
      /^the page's address is in the frame of .*; locker\+0x5 calls __folio_lock, which locks pages$/,
    );
  });

  test('a task that only works with the page: possible', () => {
    expect(holders(machine({ calls: ['schedule', 'io_schedule', 'reader'], word: PAGE }))).toEqual([
      ['page bit', 'PG_locked', 'set', ['other (102), possible']],
    ]);
  });

  test('another page, or a task that sleeps interruptibly: nobody', () => {
    expect(holders(machine({ calls: ['schedule', 'io_schedule', 'locker'], word: PAGE + 64n }))).toEqual([
      ['page bit', 'PG_locked', 'set', []],
    ]);
    expect(holders(machine({ calls: ['schedule', 'io_schedule', 'locker'], word: PAGE, state: 1 }))).toEqual([
      ['page bit', 'PG_locked', 'set', []],
    ]);
  });

  test("writeback is a device's, and no task has it", () => {
    expect(holders(machine({ calls: ['schedule', 'io_schedule', 'locker'], word: PAGE }, 1))).toEqual([
      ['page bit', 'PG_writeback', 'set', []],
    ]);
  });

  test('none of it is a finding while nobody knows for how long', () => {
    expect(lockFindings(machine({ calls: ['schedule', 'io_schedule', 'locker'], word: PAGE }))).toEqual([]);
  });
});
