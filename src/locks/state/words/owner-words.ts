/**
 * Pointers to tasks are multiples of 64: the low bits of an owner word are free for flags. The kernel's word is signed.
 */
function taskIn(word: bigint, flags = 7n): bigint {
  return BigInt.asUintN(64, word) & ~flags;
}

/** mutex.owner, kernel/locking/mutex.c. */
export interface MutexOwner {
  /** The owner's task_struct; 0 where the mutex is free. */
  readonly task: bigint;
  /** MUTEX_FLAG_WAITERS: unlocking must wake somebody. */
  readonly waiters: boolean;
  /** MUTEX_FLAG_HANDOFF: the first waiter wants it next, without a race. */
  readonly handoff: boolean;
  /** MUTEX_FLAG_PICKUP: it was handed to `task`, which has not taken it yet. */
  readonly pickup: boolean;
}

/** mutex.owner: __mutex_owner() and the flags in its three lowest bits. */
export function decodeMutexOwner(word: bigint): MutexOwner {
  return { task: taskIn(word), waiters: (word & 1n) !== 0n, handoff: (word & 2n) !== 0n, pickup: (word & 4n) !== 0n };
}

/** rw_semaphore.count, kernel/locking/rwsem.c since 5.3. */
export interface RwsemCount {
  readonly writer: boolean;
  readonly waiters: boolean;
  readonly handoff: boolean;
  /** How many readers are in, or on their way in. */
  readonly readers: number;
}

/** The guard bit against overflow (RWSEM_FLAG_READFAIL) is none of a reader's. */
const READERS = (1n << 55n) - 1n;

/** rw_semaphore.count, by RWSEM_WRITER_MASK and its siblings. */
export function decodeRwsemCount(count: bigint): RwsemCount {
  return {
    writer: (count & 1n) !== 0n,
    waiters: (count & 2n) !== 0n,
    handoff: (count & 4n) !== 0n,
    readers: Number((count >> 8n) & READERS),
  };
}

/** rw_semaphore.owner. */
export interface RwsemOwner {
  /** A writer; or, with `reader`, the last reader that came in, which may be gone again. 0 where nobody is named. */
  readonly task: bigint;
  readonly reader: boolean;
  /** Spinning for it is of no use: its owner sleeps. */
  readonly nonspinnable: boolean;
}

/** rw_semaphore.owner: rwsem_owner() and the flags in its lowest bits. */
export function decodeRwsemOwner(word: bigint): RwsemOwner {
  return { task: taskIn(word), reader: (word & 1n) !== 0n, nonspinnable: (word & 6n) !== 0n };
}

/** rt_mutex.owner: bit 0 says that there are waiters. */
export function decodeRtMutexOwner(word: bigint): { readonly task: bigint; readonly waiters: boolean } {
  return { task: taskIn(word, 1n), waiters: (word & 1n) !== 0n };
}

/** task_struct.blocker, include/linux/hung_task.h: a lock's address with its kind in the two lowest bits. */
export function decodeBlocker(
  word: bigint,
):
  | { readonly lock: bigint; readonly kind: 'mutex' | 'semaphore' | 'rwsem'; readonly mode?: 'read' | 'write' }
  | undefined {
  const lock = taskIn(word, 3n);
  if (lock === 0n) return undefined;
  switch (Number(word & 3n)) {
    case 0:
      return { lock, kind: 'mutex' };
    case 1:
      return { lock, kind: 'semaphore' };
    case 2:
      return { lock, kind: 'rwsem', mode: 'read' };
    default:
      return { lock, kind: 'rwsem', mode: 'write' };
  }
}
