import type { Kernel } from '../../kernel/kernel.js';
import { decodeRwlockWord, type RwlockWord } from './words/queued-rwlock.js';

/** A queued rwlock's word; undefined where it can't be read or is none. */
export function rwlockWord(kernel: Kernel, address: bigint): RwlockWord | undefined {
  return kernel.peek('word of an rwlock', () => decodeRwlockWord(kernel.memory.u32(address)));
}
