import type { LockKind } from '../lock-kind.js';
import { rtMutexState } from '../state/rt-locks.js';
import { blockedOn, onItself } from '../waits/finders.js';

/** struct rt_mutex, kernel/locking/rtmutex.c; with PREEMPT_RT a spinlock_t is one too. */
export const rtMutex: LockKind = {
  name: 'rtmutex',
  noun: 'rt_mutex',
  struct: 'struct rt_mutex',
  tags: ['rt_mutex', 'rt_mutex_base'],
  functions: {
    acquire: ['rt_mutex_lock', 'rt_mutex_lock_interruptible', 'rt_mutex_lock_killable', 'rt_spin_lock'],
    trylock: ['rt_mutex_trylock'],
    release: ['rt_mutex_unlock', 'rt_spin_unlock'],
    inside: [
      'rt_mutex_slowlock',
      '__rt_mutex_slowlock',
      '__rt_mutex_slowlock_locked',
      'rt_mutex_slowlock_block',
      'rtlock_slowlock_locked',
      '__rt_mutex_lock',
    ],
  },
  sleeps: true,
  state: (kernel, address) => rtMutexState(kernel, rtMutex, address),
  rtMutex: () => 0n,
  finders: [blockedOn, onItself],
};
