import type { LockKind } from '../lock-kind.js';
import { completion } from './completion.js';
import { expeditedGracePeriod, rcuGracePeriod } from './grace-period.js';
import { mutex } from './mutex.js';
import { pageBit } from './page-bit.js';
import { percpuRwsem } from './percpu-rwsem.js';
import { consoleOwner, printkCpuLock } from './printk-locks.js';
import { rtMutex } from './rt-mutex.js';
import { rwlock } from './rwlock.js';
import { rwsem } from './rwsem.js';
import { semaphore } from './semaphore.js';
import { spinlock } from './spinlock.js';
import { waitQueue } from './wait-queue.js';
import { workItem } from './work-item.js';

/**
 * Every kind of lock, and what is waited for like one. Where several could tell what somebody waits for, the first
 * does.
 */
export const lockKinds: readonly LockKind[] = [
  spinlock,
  rwlock,
  mutex,
  rwsem,
  semaphore,
  rtMutex,
  percpuRwsem,
  printkCpuLock,
  consoleOwner,
  rcuGracePeriod,
  expeditedGracePeriod,
  workItem,
  completion,
  waitQueue,
  pageBit,
];
