import { ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { rbtreeNodes } from '../../kernel/containers/rbtree.js';
import type { LockKind, LockState } from '../lock-kind.js';
import { decodeRtMutexOwner } from './words/owner-words.js';
import { decodeRwbaseReaders } from './words/rwbase.js';
import { counted } from '../../words/quantity.js';

/**
 * Where the rt_mutex is in a lock that PREEMPT_RT makes of one; undefined where this kernel's locks of that kind have
 * none.
 */
export function rtMutexOffset(kernel: Kernel, kind: LockKind): bigint | undefined {
  return kernel.once(`rt_mutex in a ${kind.name}`, () => kind.rtMutex?.(kernel));
}

/** The word of an rt_mutex that names its owner. @throws ReadError, ShapeError */
export function rtMutexOwner(kernel: Kernel, rtMutex: bigint): { readonly task: bigint; readonly waiters: boolean } {
  const owner = kernel.has('rt_mutex_base')
    ? kernel.ref('rt_mutex_base', rtMutex).owner
    : kernel.ref('rt_mutex', rtMutex).owner;
  if (owner === undefined) throw new ShapeError('`struct rt_mutex` has no member `owner` in this kernel');
  return decodeRtMutexOwner(owner);
}

/**
 * What a lock says of itself that is no more than an rt_mutex; undefined where this kernel's locks of that kind are
 * not.
 */
export function rtMutexState(kernel: Kernel, kind: LockKind, address: bigint): LockState | undefined {
  const offset = rtMutexOffset(kernel, kind);
  if (offset === undefined) return undefined;
  const { task, waiters } = rtMutexOwner(kernel, address + offset);
  return {
    words: `${task === 0n ? 'free' : 'held'}${waiters ? ', with waiters' : ''}`,
    held: task !== 0n,
    ...(task === 0n ? {} : { owner: task }),
  };
}

/** The same of one that is made of an rwbase_rt, which has the rt_mutex. */
export function rwbaseState(kernel: Kernel, kind: LockKind, address: bigint): LockState | undefined {
  const offset = rtMutexOffset(kernel, kind);
  if (offset === undefined) return undefined;
  const { task, waiters } = rtMutexOwner(kernel, address + offset);
  const flags = waiters ? ', with waiters' : '';
  const rwbase = address + offset - BigInt(kernel.offsetOf('rwbase_rt', 'rtmutex'));
  const { writer, writerWaits, readers } = decodeRwbaseReaders(
    kernel.memory.u32(rwbase + BigInt(kernel.offsetOf('rwbase_rt', 'readers'))),
  );
  if (writer) return { words: `held for writing${flags}`, held: true, ...(task === 0n ? {} : { owner: task }) };
  const words = readers === 0 ? 'free' : `held by ${counted(readers, 'reader')}`;
  return {
    words: `${words}${writerWaits ? ', a writer waits until they are out' : ''}${flags}`,
    held: readers > 0,
    readers,
  };
}

/** The rt_mutex_waiters of a lock in the order in which they get it: by priority, then as they came. */
export function rtQueue(kernel: Kernel, kind: LockKind, address: bigint): readonly bigint[] {
  const offset = rtMutexOffset(kernel, kind);
  const base = kernel.has('rt_mutex_base', 'waiters') ? 'rt_mutex_base' : 'rt_mutex';
  if (offset === undefined || !kernel.has(base, 'waiters')) return [];
  const entry = kernel.has('rt_mutex_waiter', 'tree') ? 'tree.entry' : 'tree_entry';
  const within = kernel.attempt('rt_mutex_waiter', () => BigInt(kernel.offsetOf('rt_mutex_waiter', entry)));
  if (within === undefined) return [];
  return [
    ...rbtreeNodes(kernel, address + offset + BigInt(kernel.offsetOf(base, 'waiters')), 'waiters of an rt_mutex'),
  ].map((node) => node - within);
}
