import type { LockKind } from '../lock-kind.js';
import { rwbaseState } from '../state/rt-locks.js';
import { rwlockWord } from '../state/rwlock-word.js';
import { decodeRwlockWord, rwlockInWords } from '../state/words/queued-rwlock.js';
import { asRtWriter, blockedOn } from '../waits/finders.js';

/** rwlock_t, a queued rwlock, kernel/locking/qrwlock.c; with PREEMPT_RT it is made of an rwbase_rt. */
export const rwlock: LockKind = {
  name: 'rwlock',
  noun: 'rwlock',
  struct: 'struct qrwlock',
  tags: ['qrwlock'],
  functions: {
    read: {
      acquire: ['_raw_read_lock', '_raw_read_lock_irq', '_raw_read_lock_irqsave', '_raw_read_lock_bh', 'rt_read_lock'],
      trylock: ['_raw_read_trylock', 'rt_read_trylock'],
      release: [
        '_raw_read_unlock',
        '_raw_read_unlock_irq',
        '_raw_read_unlock_irqrestore',
        '_raw_read_unlock_bh',
        'rt_read_unlock',
      ],
      inside: ['queued_read_lock_slowpath'],
    },
    write: {
      acquire: [
        '_raw_write_lock',
        '_raw_write_lock_irq',
        '_raw_write_lock_irqsave',
        '_raw_write_lock_bh',
        '_raw_write_lock_nested',
        'rt_write_lock',
      ],
      trylock: ['_raw_write_trylock', 'rt_write_trylock'],
      release: [
        '_raw_write_unlock',
        '_raw_write_unlock_irq',
        '_raw_write_unlock_irqrestore',
        '_raw_write_unlock_bh',
        'rt_write_unlock',
      ],
      inside: ['queued_write_lock_slowpath'],
    },
  },
  spins: true,
  state: (kernel, address) => rwbaseState(kernel, rwlock, address),
  words: (kernel, { address }) => {
    const word = kernel.attempt('qrwlock.cnts', () => kernel.memory.u32(address));
    if (word === undefined) return '';
    const decoded = decodeRwlockWord(word);
    if (decoded) return rwlockInWords(decoded);
    return `in a state that is invalid for a queued rwlock (0x${word.toString(16)})`;
  },
  readers: (kernel, address) => rwlockWord(kernel, address)?.readers,
  couldBe: (kernel, address) => {
    const word = rwlockWord(kernel, address);
    return word !== undefined && (word.writer || word.writerWaits || word.readers > 0);
  },
  // rwlock_t has no name as a struct; it begins with its rwbase_rt wherever locks sleep.
  rtMutex: (kernel) =>
    kernel.has('rw_semaphore', 'rwbase') ? BigInt(kernel.offsetOf('rwbase_rt', 'rtmutex')) : undefined,
  finders: [blockedOn, asRtWriter],
};
