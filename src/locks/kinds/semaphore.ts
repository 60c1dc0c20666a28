import type { Kernel } from '../../kernel/kernel.js';
import type { LockKind, LockState } from '../lock-kind.js';
import { byCheckedWaiter } from '../waits/finders.js';
import { waiterForm } from '../waits/waiters.js';
import { consoleSemHolders } from './printk-locks.js';

/** struct semaphore, kernel/locking/semaphore.c. */
export const semaphore: LockKind = {
  name: 'semaphore',
  noun: 'semaphore',
  struct: 'struct semaphore',
  tags: ['semaphore'],
  functions: {
    acquire: ['down', 'down_interruptible', 'down_killable', 'down_timeout'],
    trylock: ['down_trylock'],
    release: ['up'],
    inside: ['__down', '__down_common', '___down_common', '__down_interruptible', '__down_killable', '__down_timeout'],
  },
  variables: {
    console_sem: { acquire: ['console_lock'], trylock: ['console_trylock'], release: ['console_unlock'] },
  },
  sleeps: true,
  ownerless: true,
  state: semaphoreState,
  waiter: (kernel) =>
    waiterForm(kernel, { struct: 'semaphore_waiter', task: 'task', node: 'list' }, 'semaphore', 'wait_list'),
  pointsToFirst: 'semaphore',
  finders: [byCheckedWaiter],
  holders: consoleSemHolders,
  unnamed: () => ': a semaphore does not name those who took it',
};

/** A semaphore has no owner; since 6.16 it may name the last task that took it (`last_holder`). */
function semaphoreState(kernel: Kernel, address: bigint): LockState {
  const { count, last_holder: holder } = kernel.ref('semaphore', address);
  return {
    words: count === 0 ? 'used up (its count is 0)' : `open to ${count} more`,
    held: count === 0,
    ...(holder !== undefined && holder !== 0n ? { owner: holder } : {}),
  };
}
