import type { Kernel } from '../kernel/kernel.js';
import { codeRangeOf } from './code.js';

/** A word that may be a return address: a call stands right before where it points to. */
export interface ReturnAddress {
  /** What was called, where the instruction names it. */
  readonly target?: bigint;
  /** False where the code is not in the dump, so that nobody can tell. */
  readonly callSeen: boolean;
}

/** undefined for a word that can't be a return address. */
export function returnAddress(kernel: Kernel, word: bigint): ReturnAddress | undefined {
  const range = codeRangeOf(kernel, word - 1n);
  const { longestCall, callBefore } = kernel.arch.code;
  const start = word - BigInt(longestCall);
  if (range === undefined || start < range.low) return undefined;
  const code = kernel.peek('code', () => kernel.memory.read(start, longestCall));
  if (code === undefined) return { callSeen: false };
  const call = callBefore(code, word);
  return call && { ...call, callSeen: true };
}
