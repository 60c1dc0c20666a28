import type { Count } from './model.js';

/** What a pattern found, where it found any: a pid, a score. */
export function numberIn(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

/** Digits to a number, exactly: a bigint beyond 2^53. */
export function exactCount(digits: string): Count {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}
