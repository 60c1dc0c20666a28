import type { Kernel } from '../../kernel/kernel.js';
import type { LockKind, LockState } from '../lock-kind.js';
import { rtMutexState } from '../state/rt-locks.js';
import { decodeMutexOwner } from '../state/words/owner-words.js';
import { blockedOn, byCheckedWaiter, onItself } from '../waits/finders.js';
import { waiterForm } from '../waits/waiters.js';

/** struct mutex, kernel/locking/mutex.c; with PREEMPT_RT it is made of an rt_mutex. */
export const mutex: LockKind = {
  name: 'mutex',
  noun: 'mutex',
  struct: 'struct mutex',
  tags: ['mutex', 'ww_mutex'],
  functions: {
    acquire: [
      'mutex_lock',
      'mutex_lock_interruptible',
      'mutex_lock_killable',
      'mutex_lock_io',
      'mutex_lock_nested',
      'mutex_lock_interruptible_nested',
      'mutex_lock_killable_nested',
      'mutex_lock_io_nested',
      '_mutex_lock_nest_lock',
      '_mutex_lock_killable',
      'ww_mutex_lock',
      'ww_mutex_lock_interruptible',
    ],
    trylock: ['mutex_trylock', 'ww_mutex_trylock'],
    release: ['mutex_unlock', 'ww_mutex_unlock'],
    inside: [
      '__mutex_lock',
      '__mutex_lock_common',
      '__mutex_lock_slowpath',
      '__mutex_lock_killable_slowpath',
      '__mutex_lock_interruptible_slowpath',
      '__ww_mutex_lock',
      '__ww_mutex_lock_slowpath',
      '__ww_mutex_lock_interruptible_slowpath',
    ],
  },
  variables: {
    rtnl_mutex: {
      acquire: ['rtnl_lock', 'rtnl_lock_killable'],
      trylock: ['rtnl_trylock'],
      release: ['rtnl_unlock', '__rtnl_unlock'],
    },
  },
  sleeps: true,
  state: (kernel, address) => mutexState(kernel, address) ?? rtMutexState(kernel, mutex, address),
  rtMutex: (kernel) => (kernel.has('mutex', 'rtmutex') ? BigInt(kernel.offsetOf('mutex', 'rtmutex')) : undefined),
  waiter: (kernel) => waiterForm(kernel, { struct: 'mutex_waiter', task: 'task', node: 'list' }, 'mutex', 'wait_list'),
  pointsToFirst: 'mutex',
  finders: [blockedOn, byCheckedWaiter, onItself],
};

function mutexState(kernel: Kernel, address: bigint): LockState | undefined {
  const word = kernel.ref('mutex', address).owner;
  if (word === undefined) return undefined;
  const { task, waiters, handoff, pickup } = decodeMutexOwner(word);
  const flags = [
    ...(waiters ? ['with waiters'] : []),
    ...(handoff ? ['to be handed over'] : []),
    ...(pickup ? ['handed over, not yet taken'] : []),
  ];
  return {
    words: [task === 0n ? 'free' : 'held', ...flags].join(', '),
    held: task !== 0n,
    ...(task === 0n ? {} : { owner: task }),
  };
}
