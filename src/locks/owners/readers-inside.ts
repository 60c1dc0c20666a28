import type { Kernel } from '../../kernel/kernel.js';
import { sleepingLockState } from '../state/lock-state.js';
import { rwlockWord } from '../state/rwlock-word.js';
import type { Lock } from '../wait.js';

/** How many readers a lock counts; undefined for one that counts none. */
export function readersInside(kernel: Kernel, { kind, address }: Lock): number | undefined {
  return sleepingLockState(kernel, kind, address)?.readers ?? (kind === 'rwlock' ? rwlockWord(kernel, address)?.readers : undefined);
}
