import { describe, expect, test } from 'vitest';

import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { callsIn, type KnownLocks } from '../../src/locks/owners/lock-calls.js';
import { percpuRwsem, readerCountAt } from '../../src/locks/kinds/percpu-rwsem.js';
import { semaphore } from '../../src/locks/kinds/semaphore.js';
import { spinlock } from '../../src/locks/kinds/spinlock.js';
import type { LockFunction } from '../../src/locks/lock-functions.js';
import { inlinedUnlock } from '../../src/locks/owners/inlined-unlock.js';

const START = 0xffff_ffff_8100_0000n;
const LOCK_FUNCTION = 0xffff_ffff_8180_0000n;
const UNLOCK_FUNCTION = 0xffff_ffff_8180_0100n;
const LOCK = 0xffff_ffff_82ab_060cn;
const OTHER = 0xffff_ffff_82ab_0700n;

const functions = new Map<bigint, LockFunction>([
  [LOCK_FUNCTION, { kind: spinlock, does: 'acquire', name: '_raw_spin_lock' }],
  [UNLOCK_FUNCTION, { kind: spinlock, does: 'release', name: '_raw_spin_unlock' }],
]);

type Piece = (at: number) => number[];
const int32 = (value: bigint): number[] => [...new Uint8Array(Int32Array.of(Number(BigInt.asIntN(32, value))).buffer)];
const bytes =
  (...given: number[]): Piece =>
  () =>
    given;
const nops =
  (count: number): Piece =>
  () =>
    Array.from({ length: count }, () => 0x90);
const call =
  (target: bigint): Piece =>
  (at) => [0xe8, ...int32(target - (START + BigInt(at + 5)))];
const movRdi =
  (lock: bigint): Piece =>
  () => [0x48, 0xc7, 0xc7, ...int32(lock)];
const leaRdi =
  (lock: bigint): Piece =>
  (at) => [0x48, 0x8d, 0x3d, ...int32(lock - (START + BigInt(at + 7)))];
const storeZero =
  (lock: bigint): Piece =>
  (at) => [0xc6, 0x05, ...int32(lock - (START + BigInt(at + 7))), 0];

const unlocks = { kind: spinlock, lockAt: inlinedUnlock };
const scan = (...pieces: Piece[]) => scanWith({ functions, inlined: [unlocks] }, ...pieces);

function scanWith(known: KnownLocks, ...pieces: Piece[]) {
  const code: number[] = [];
  for (const piece of pieces) code.push(...piece(code.length));
  return callsIn(x86_64.code, Uint8Array.from(code), START, known).map(({ after, does, lock }) => ({
    after,
    does,
    lock,
  }));
}

describe('which lock a call is given, out of the bytes of the code', () => {
  test('a constant that is moved into RDI, and one that is relative to the code', () => {
    expect(scan(movRdi(LOCK), call(LOCK_FUNCTION))).toEqual([{ after: 12, does: 'acquire', lock: LOCK }]);
    expect(scan(leaRdi(LOCK), nops(9), call(LOCK_FUNCTION))).toEqual([{ after: 21, does: 'acquire', lock: LOCK }]);
  });

  test('the last load before the call counts', () => {
    expect(scan(movRdi(OTHER), movRdi(LOCK), call(LOCK_FUNCTION))).toMatchObject([{ lock: LOCK }]);
  });

  test('a call does not see what was loaded for the one before it, nor what is too far off', () => {
    expect(scan(movRdi(LOCK), call(LOCK_FUNCTION), call(UNLOCK_FUNCTION))).toEqual([
      { after: 12, does: 'acquire', lock: LOCK },
      { after: 17, does: 'release', lock: undefined },
    ]);
    expect(scan(movRdi(LOCK), nops(40), call(LOCK_FUNCTION))).toMatchObject([{ lock: undefined }]);
  });

  test('a function that is always about the same variable', () => {
    const known: KnownLocks = {
      functions: new Map([
        [LOCK_FUNCTION, { kind: semaphore, does: 'acquire', name: 'console_lock', variable: 'console_sem' }],
      ]),
      variable: () => OTHER,
    };
    expect(scanWith(known, movRdi(LOCK), call(LOCK_FUNCTION))).toEqual([{ after: 12, does: 'acquire', lock: OTHER }]);
  });

  test("calls of other functions are none of a lock's", () => {
    expect(scan(movRdi(LOCK), call(LOCK_FUNCTION + 4n))).toEqual([]);
  });

  test('an unlock that is inlined: a zero byte stored where RDI points, or at an address relative to the code', () => {
    expect(scan(movRdi(LOCK), bytes(0xc6, 0x07, 0x00))).toEqual([{ after: 10, does: 'release', lock: LOCK }]);
    expect(scan(storeZero(LOCK))).toEqual([{ after: 7, does: 'release', lock: LOCK }]);
    // Right before the function's last instruction too: there it is let go.
    expect(scan(movRdi(LOCK), bytes(0xc6, 0x07, 0x00, 0xc3))).toMatchObject([{ after: 10, does: 'release' }]);
    expect(scan(nops(20), bytes(0xc6, 0x07, 0x00), nops(4))).toEqual([]);
  });

  describe('the readers of a percpu-rwsem, whose functions are all inlined', () => {
    const READ_COUNT = 0x60;
    const load =
      (register: number, rex = 0x48): Piece =>
      (at) => [rex, 0x8b, 0x05 | (register << 3), ...int32(LOCK + BigInt(READ_COUNT) - (START + BigInt(at + 7)))];
    const count = (...code: number[]): Piece => bytes(0x65, ...code);
    const scanned = (...pieces: Piece[]) =>
      scanWith({ functions, inlined: [unlocks, { kind: percpuRwsem, lockAt: readerCountAt(READ_COUNT) }] }, ...pieces);

    test('count up, count down, by any register that the pointer was loaded into', () => {
      expect(scanned(load(0), count(0xff, 0x00))).toEqual([{ after: 10, does: 'acquire', lock: LOCK }]);
      expect(scanned(load(2), nops(8), count(0xff, 0x0a))).toEqual([{ after: 18, does: 'release', lock: LOCK }]);
      expect(scanned(load(1, 0x4c), count(0x41, 0xff, 0x01))).toEqual([{ after: 11, does: 'acquire', lock: LOCK }]);
    });

    test('another register, a load too far off, a count of something else: nothing', () => {
      expect(scanned(load(0), count(0xff, 0x03))).toEqual([]);
      expect(scanned(load(0), nops(24), count(0xff, 0x00))).toEqual([]);
      expect(scanned(load(0), count(0xff, 0x05, 0, 0, 0, 0))).toEqual([]);
      expect(scanned(load(0), count(0xff, 0x10))).toEqual([]);
    });

    test('a kernel without such semaphores has none', () => {
      expect(scan(load(0), count(0xff, 0x00))).toEqual([]);
    });
  });

  test('code that is cut off in the middle of an instruction ends there', () => {
    const whole = [...movRdi(LOCK)(0), ...call(LOCK_FUNCTION)(7)];
    for (let length = 0; length < whole.length; length++)
      expect(
        callsIn(x86_64.code, Uint8Array.from(whole.slice(0, length)), START, { functions }),
        `${length} bytes`,
      ).toEqual([]);
    expect(callsIn(x86_64.code, Uint8Array.of(0xc6), START, { functions })).toEqual([]);
  });
});
