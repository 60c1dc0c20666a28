import type { Count } from './model.js';

/** Digits to a number, exactly: a bigint beyond 2^53. */
export function exactCount(digits: string): Count {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}
