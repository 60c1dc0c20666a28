import type { InlinedLock } from '../lock-kind.js';
import { constantArgument } from './first-argument.js';

/** How far an inlined unlock's store may be behind the load of the lock's address. */
const STORE_BYTES = 16;

/**
 * The store of a zero byte by which a queued spinlock is released: `movb $0, (%rdi)` (c6 07 00) behind a load of RDI,
 * or `movb $0, disp32(%rip)` (c6 05 … 00).
 */
export const inlinedUnlock: InlinedLock = (view, start, at) => {
  if (view.getUint8(at) !== 0xc6) return undefined;
  if (view.getUint8(at + 1) === 0x07 && view.getUint8(at + 2) === 0) {
    const lock = constantArgument(view, start, at - STORE_BYTES, at);
    return lock === undefined ? undefined : { does: 'release', lock, length: 3 };
  }
  if (at + 7 <= view.byteLength && view.getUint8(at + 1) === 0x05 && view.getUint8(at + 6) === 0) {
    return {
      does: 'release',
      lock: BigInt.asUintN(64, start + BigInt(at + 7 + view.getInt32(at + 2, true))),
      length: 7,
    };
  }
  return undefined;
};
