import type { Count } from './model.js';

/** Digits to a number, exactly: a bigint beyond 2^53. */
export function exactCount(digits: string): Count {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** What a 64-bit counter holds that went below zero and was printed unsigned; undefined for one that did not. */
export function wrappedBelowZero(count: Count): number | undefined {
  if (typeof count === 'number') return undefined;
  // A counter in pages or bytes never reaches 2^63 by growing; printed in kB, the wrapped page count is shifted by 2.
  return count >= 1n << 62n ? Number(BigInt.asIntN(64, count)) : undefined;
}
