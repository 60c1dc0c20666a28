import { isGapError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { decodeRwlockWord, type RwlockWord } from './words/queued-rwlock.js';

/** A queued rwlock's word; undefined where it can't be read or is none. */
export function rwlockWord(kernel: Kernel, address: bigint): RwlockWord | undefined {
  try {
    return decodeRwlockWord(kernel.memory.u32(address));
  } catch (error) {
    if (!isGapError(error)) throw error;
    return undefined;
  }
}
