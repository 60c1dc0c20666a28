import { describe, expect, test } from 'vitest';

import { callsIn } from '../../src/locks/lock-calls.js';
import type { LockFunction } from '../../src/locks/lock-functions.js';

const START = 0xffff_ffff_8100_0000n;
const LOCK_FUNCTION = 0xffff_ffff_8180_0000n;
const UNLOCK_FUNCTION = 0xffff_ffff_8180_0100n;
const LOCK = 0xffff_ffff_82ab_060cn;
const OTHER = 0xffff_ffff_82ab_0700n;

const functions = new Map<bigint, LockFunction>([
  [LOCK_FUNCTION, { kind: 'spinlock', does: 'acquire', name: '_raw_spin_lock' }],
  [UNLOCK_FUNCTION, { kind: 'spinlock', does: 'release', name: '_raw_spin_unlock' }],
]);

type Piece = (at: number) => number[];
const int32 = (value: bigint): number[] => [...new Uint8Array(Int32Array.of(Number(BigInt.asIntN(32, value))).buffer)];
const bytes = (...given: number[]): Piece => () => given;
const nops = (count: number): Piece => () => Array.from({ length: count }, () => 0x90);
const call = (target: bigint): Piece => (at) => [0xe8, ...int32(target - (START + BigInt(at + 5)))];
const movRdi = (lock: bigint): Piece => () => [0x48, 0xc7, 0xc7, ...int32(lock)];
const leaRdi = (lock: bigint): Piece => (at) => [0x48, 0x8d, 0x3d, ...int32(lock - (START + BigInt(at + 7)))];
const storeZero = (lock: bigint): Piece => (at) => [0xc6, 0x05, ...int32(lock - (START + BigInt(at + 7))), 0];

function scan(...pieces: Piece[]) {
  const code: number[] = [];
  for (const piece of pieces) code.push(...piece(code.length));
  return callsIn(Uint8Array.from(code), START, functions).map(({ after, does, lock }) => ({ after, does, lock }));
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
    expect(scan(movRdi(LOCK), call(LOCK_FUNCTION), call(UNLOCK_FUNCTION))).toEqual([{ after: 12, does: 'acquire', lock: LOCK }, { after: 17, does: 'release', lock: undefined }]);
    expect(scan(movRdi(LOCK), nops(40), call(LOCK_FUNCTION))).toMatchObject([{ lock: undefined }]);
  });

  test('calls of other functions are none of a lock\'s', () => {
    expect(scan(movRdi(LOCK), call(LOCK_FUNCTION + 4n))).toEqual([]);
  });

  test('an unlock that is inlined: a zero byte stored where RDI points, or at an address relative to the code', () => {
    expect(scan(movRdi(LOCK), bytes(0xc6, 0x07, 0x00))).toEqual([{ after: 10, does: 'release', lock: LOCK }]);
    expect(scan(storeZero(LOCK))).toEqual([{ after: 7, does: 'release', lock: LOCK }]);
    // Right before the function's last instruction too: there it is let go.
    expect(scan(movRdi(LOCK), bytes(0xc6, 0x07, 0x00, 0xc3))).toMatchObject([{ after: 10, does: 'release' }]);
    expect(scan(nops(20), bytes(0xc6, 0x07, 0x00), nops(4))).toEqual([]);
  });

  test('code that is cut off in the middle of an instruction ends there', () => {
    const whole = [...movRdi(LOCK)(0), ...call(LOCK_FUNCTION)(7)];
    for (let length = 0; length < whole.length; length++) expect(callsIn(Uint8Array.from(whole.slice(0, length)), START, functions), `${length} bytes`).toEqual([]);
    expect(callsIn(Uint8Array.of(0xc6), START, functions)).toEqual([]);
  });
});
