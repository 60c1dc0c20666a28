import type { Kernel } from '../../kernel/kernel.js';
import { allThreads, type Task } from '../../linux/sched/tasks.js';
import { idleTask } from '../../linux/sched/cpu-tasks.js';
import type { LockKind } from '../lock-functions.js';
import { rtLockState } from './rt-locks.js';
import { decodeMutexOwner, decodeRwsemCount, decodeRwsemOwner } from './words/owner-words.js';
import { counted } from '../../words/quantity.js';

/** What a sleeping lock says of itself. */
export interface SleepingLockState {
  /** "held", "read by 2", "free", with its flags. */
  readonly words: string;
  readonly held: boolean;
  /** Whom the lock names as its owner. */
  readonly owner?: bigint;
  /** It names the last reader that came in, which may be gone. */
  readonly ownerIsReader?: boolean;
  readonly readers?: number;
}

export function isSleepingLock(kind: LockKind | 'wait queue'): boolean {
  return kind === 'mutex' || kind === 'rwsem' || kind === 'rtmutex' || kind === 'semaphore' || kind === 'percpu-rwsem';
}

/** Tasks by the address of their task_struct, the idle ones among them. */
export function tasksByAddress(kernel: Kernel): ReadonlyMap<bigint, Task> {
  return kernel.once('tasks by address', () => {
    const idle = kernel.possibleCpus().map((cpu) => kernel.attempt(`idle task of CPU ${cpu}`, () => idleTask(kernel, cpu))).filter((task) => task != null);
    return new Map([...idle, ...allThreads(kernel)].map((task) => [task.$address, task]));
  });
}

/** Decodes a sleeping lock, an rwlock of PREEMPT_RT among them; undefined where this kernel's has another form, or it can't be read. */
export function sleepingLockState(kernel: Kernel, kind: LockKind | 'wait queue', address: bigint): SleepingLockState | undefined {
  return kernel.peek(`state of a ${kind}`, () => {
    switch (kind) {
      case 'mutex': return mutexState(kernel, address) ?? rtLockState(kernel, kind, address);
      case 'rwsem': return rwsemState(kernel, address) ?? rtLockState(kernel, kind, address);
      case 'rtmutex': case 'rwlock': return rtLockState(kernel, kind, address);
      case 'semaphore': return semaphoreState(kernel, address);
      case 'percpu-rwsem': return percpuRwsemState(kernel, address);
      default: return undefined;
    }
  });
}

/** Whether what stands at an address can be such a lock: it is held, and by a task that exists, if it names one. */
export function plausibleLock(kernel: Kernel, kind: LockKind, address: bigint): boolean {
  const state = sleepingLockState(kernel, kind, address);
  if (state === undefined || !state.held) return false;
  if (state.readers !== undefined && state.readers > MOST_READERS) return false;
  return state.owner === undefined ? kind === 'semaphore' || kind === 'percpu-rwsem' || state.readers !== undefined : tasksByAddress(kernel).has(state.owner);
}

/** PID_MAX_LIMIT: no more tasks can be reading. */
const MOST_READERS = 1 << 22;

function mutexState(kernel: Kernel, address: bigint): SleepingLockState | undefined {
  const word = kernel.ref('mutex', address).owner;
  if (word === undefined) return undefined;
  const { task, waiters, handoff, pickup } = decodeMutexOwner(word);
  const flags = [...(waiters ? ['with waiters'] : []), ...(handoff ? ['to be handed over'] : []), ...(pickup ? ['handed over, not yet taken'] : [])];
  return { words: [task === 0n ? 'free' : 'held', ...flags].join(', '), held: task !== 0n, ...(task === 0n ? {} : { owner: task }) };
}

function rwsemState(kernel: Kernel, address: bigint): SleepingLockState | undefined {
  const lock = kernel.ref('rw_semaphore', address);
  if (lock.count === undefined || lock.owner === undefined) return undefined;
  const { writer, waiters, handoff, readers } = decodeRwsemCount(lock.count);
  const { task, reader } = decodeRwsemOwner(lock.owner);
  const flags = [...(waiters ? ['with waiters'] : []), ...(handoff ? ['to be handed over'] : [])];
  const held = writer || readers > 0;
  const words = writer ? 'held for writing' : readers > 0 ? `held by ${counted(readers, 'reader')}` : 'free';
  return { words: [words, ...flags].join(', '), held, ...(held && task !== 0n ? { owner: task, ownerIsReader: reader } : {}), ...(writer ? {} : { readers }) };
}

/** A semaphore has no owner; since 6.16 it may name the last task that took it (`last_holder`). */
function semaphoreState(kernel: Kernel, address: bigint): SleepingLockState {
  const { count, last_holder: holder } = kernel.ref('semaphore', address);
  return { words: count === 0 ? 'used up (its count is 0)' : `open to ${count} more`, held: count === 0, ...(holder !== undefined && holder !== 0n ? { owner: holder } : {}) };
}

function percpuRwsemState(kernel: Kernel, address: bigint): SleepingLockState {
  const lock = kernel.ref('percpu_rw_semaphore', address);
  // Each CPU counts those that came in there and those that went out: only the sum means something.
  const readers = kernel.possibleCpus().reduce((sum, cpu) => (sum + kernel.perCpu(lock.read_count, cpu)) >>> 0, 0);
  const blocked = lock.block === 1;
  return { words: `${blocked ? 'held or wanted by a writer' : 'without a writer'}, with ${readers === 0 ? 'no reader' : readers === 1 ? 'one reader' : `${readers} readers`} inside`, held: blocked || readers > 0, readers };
}
