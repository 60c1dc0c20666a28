import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeBlocker,
  decodeMutexOwner,
  decodeRtMutexOwner,
  decodeRwlockWord,
  decodeRwsemCount,
  decodeRwsemOwner,
  decodeSpinWord,
  decodeTicketWord,
  spinWordInWords,
} from 'oompm/locks';

import { rwlockInWords } from '../../src/locks/state/words/queued-rwlock.js';
import { decodeRwbaseReaders } from '../../src/locks/state/words/rwbase.js';

const task = 0xffff_8881_00cb_5280n;
/** As the kernel's signed words are read. */
const signed = (word: bigint) => BigInt.asIntN(64, word);

describe('queued spinlocks', () => {
  test.each([
    [0x0, 'free'],
    [0x1, 'locked'],
    [0x101, 'locked and pending'],
    [0x100101, 'locked, pending and a queue that ends with CPU 3'], // 6.1-lock-spin's own word
    [0x0f0000 | 1, 'locked and a queue that ends with CPU 2 (its node 3)'],
    [0x080003, 'locked, its first waiter asleep in the hypervisor (_Q_SLOW_VAL) and a queue that ends with CPU 1'],
  ])('0x%s is %s', (word, words) => expect(spinWordInWords(decodeSpinWord(word, 'pending byte')!)).toBe(words));

  test('with 16384 CPUs and more, "pending" is one bit and the tail begins at bit 9', () => {
    const tail = { cpu: 16_500, index: 2 };
    const word = (1 | (1 << 8) | (tail.index << 9) | ((tail.cpu + 1) << 11)) >>> 0;
    expect(decodeSpinWord(word, 'pending bit')).toEqual({ locked: true, slow: false, pending: true, tail });
    expect(decodeSpinWord(word, 'pending byte')).toBeUndefined();
  });

  test('what no lock can say is none', () => {
    for (const word of [0x2, 0xff, 0x201, 0x10001])
      expect(decodeSpinWord(word, 'pending byte'), word.toString(16)).toBeUndefined();
  });

  test('every word that decodes says again what it was', () => {
    assert(
      property(integer({ min: 0, max: 0xffff_ffff }), (word) => {
        const found = decodeSpinWord(word, 'pending byte');
        if (found === undefined) return;
        const tail = found.tail ? (((found.tail.cpu + 1) << 18) | (found.tail.index << 16)) >>> 0 : 0;
        expect(((found.slow ? 3 : found.locked ? 1 : 0) | (found.pending ? 0x100 : 0) | tail) >>> 0).toBe(word);
      }),
    );
  });
});

test('ticket locks: who is served, how many wait, wrapped around or with paravirtual flags', () => {
  expect(decodeTicketWord(7, 7, 16)).toMatchObject({ locked: false, waiters: 0 });
  expect(decodeTicketWord(7, 10, 16)).toMatchObject({ locked: true, waiters: 2 });
  expect(decodeTicketWord(254, 1, 8)).toMatchObject({ locked: true, waiters: 2 });
  expect(decodeTicketWord(0x11, 0x16, 16, 2)).toMatchObject({ head: 0x10, locked: true, waiters: 2 });
});

test('owners: the task without the flags', () => {
  expect(decodeMutexOwner(signed(task | 1n))).toEqual({ task, waiters: true, handoff: false, pickup: false });
  expect(decodeMutexOwner(signed(task | 6n))).toEqual({ task, waiters: false, handoff: true, pickup: true });
  expect(decodeMutexOwner(0n).task).toBe(0n);
  expect(decodeRwsemOwner(signed(task | 1n))).toEqual({ task, reader: true, nonspinnable: false });
  expect(decodeRwsemOwner(signed(task | 2n))).toEqual({ task, reader: false, nonspinnable: true });
  expect(decodeRtMutexOwner(signed(task | 1n))).toEqual({ task, waiters: true });
});

test('rwsem and rwlock counters', () => {
  expect(decodeRwsemCount(0x102n)).toEqual({ writer: false, waiters: true, handoff: false, readers: 1 });
  expect(decodeRwsemCount(0x7n)).toEqual({ writer: true, waiters: true, handoff: true, readers: 0 });
  expect(decodeRwsemCount(signed((1n << 63n) | 0x300n))).toMatchObject({ readers: 3 });
  expect(decodeRwlockWord(0x1ff)).toEqual({ writer: true, writerWaits: true, readers: 0 });
  expect(decodeRwlockWord(0x400)).toEqual({ writer: false, writerWaits: false, readers: 2 });
  expect(decodeRwlockWord(0x12)).toBeUndefined();
});

test('task_struct.blocker names a lock and its kind', () => {
  const lock = 0xffff_ffff_c020_1100n;
  expect([0n, 1n, 2n, 3n].map((kind) => decodeBlocker(signed(lock | kind)))).toEqual([
    { lock, kind: 'mutex' },
    { lock, kind: 'semaphore' },
    { lock, kind: 'rwsem', mode: 'read' },
    { lock, kind: 'rwsem', mode: 'write' },
  ]);
  expect(decodeBlocker(0n)).toBeUndefined();
});

describe('reader/writer locks of PREEMPT_RT', () => {
  test.each([
    ['nobody is in', 0x8000_0000, { writer: false, writerWaits: false, readers: 0 }],
    ['readers are in', 0x8000_0003, { writer: false, writerWaits: false, readers: 3 }],
    ['a writer waits until a reader is out', 0x1, { writer: false, writerWaits: true, readers: 1 }],
    ['a writer has it', 0x4000_0000, { writer: true, writerWaits: false, readers: 0 }],
  ])('%s', (_what, word, said) => {
    expect(decodeRwbaseReaders(word)).toEqual(said);
    expect(decodeRwbaseReaders(word | 0)).toEqual(said);
  });
});

test('a queued rwlock in words', () => {
  const words = (word: number) => rwlockInWords(decodeRwlockWord(word)!);
  expect([0, 0xff, 0x200, 0x700].map(words)).toEqual([
    'free',
    'held for writing',
    'held by 1 reader',
    'held by 3 readers, a writer waits',
  ]);
});
