import type { Kernel } from '../../kernel/kernel.js';
import type { LockKind, LockState } from '../lock-kind.js';
import { rwbaseState } from '../state/rt-locks.js';
import { decodeRwsemCount, decodeRwsemOwner } from '../state/words/owner-words.js';
import { asRtWriter, blockedOn, byRwsemWaiter } from '../waits/finders.js';
import { waiterForm } from '../waits/waiters.js';
import { counted } from '../../words/quantity.js';

/** struct rw_semaphore, kernel/locking/rwsem.c; with PREEMPT_RT it is made of an rwbase_rt. */
export const rwsem: LockKind = {
  name: 'rwsem',
  noun: 'rwsem',
  struct: 'struct rw_semaphore',
  tags: ['rw_semaphore'],
  functions: {
    read: {
      acquire: [
        'down_read',
        'down_read_interruptible',
        'down_read_killable',
        'down_read_nested',
        'down_read_killable_nested',
        'down_read_non_owner',
      ],
      trylock: ['down_read_trylock'],
      release: ['up_read', 'up_read_non_owner'],
      inside: [
        'rwsem_down_read_slowpath',
        '__down_read',
        '__down_read_common',
        'rwbase_read_lock',
        '__rwbase_read_lock',
      ],
    },
    write: {
      acquire: [
        'down_write',
        'down_write_killable',
        'down_write_nested',
        'down_write_killable_nested',
        '_down_write_nest_lock',
      ],
      trylock: ['down_write_trylock'],
      release: ['up_write'],
      inside: ['rwsem_down_write_slowpath', '__down_write', '__down_write_common', 'rwbase_write_lock'],
    },
  },
  sleeps: true,
  state: (kernel, address) => rwsemState(kernel, address) ?? rwbaseState(kernel, rwsem, address),
  rtMutex: (kernel) =>
    kernel.has('rw_semaphore', 'rwbase')
      ? BigInt(kernel.offsetOf('rw_semaphore', 'rwbase') + kernel.offsetOf('rwbase_rt', 'rtmutex'))
      : undefined,
  waiter: (kernel) =>
    waiterForm(kernel, { struct: 'rwsem_waiter', task: 'task', node: 'list' }, 'rw_semaphore', 'wait_list'),
  pointsToFirst: 'rw_semaphore',
  finders: [blockedOn, byRwsemWaiter, asRtWriter],
};

function rwsemState(kernel: Kernel, address: bigint): LockState | undefined {
  const lock = kernel.ref('rw_semaphore', address);
  if (lock.count === undefined || lock.owner === undefined) return undefined;
  const { writer, waiters, handoff, readers } = decodeRwsemCount(lock.count);
  const { task, reader } = decodeRwsemOwner(lock.owner);
  const flags = [...(waiters ? ['with waiters'] : []), ...(handoff ? ['to be handed over'] : [])];
  const held = writer || readers > 0;
  const words = writer ? 'held for writing' : readers > 0 ? `held by ${counted(readers, 'reader')}` : 'free';
  return {
    words: [words, ...flags].join(', '),
    held,
    ...(held && task !== 0n ? { owner: task, ownerIsReader: reader } : {}),
    ...(writer ? {} : { readers }),
  };
}
