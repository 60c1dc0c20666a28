import type { Activation, Context } from './contexts.js';
import type { LockKind } from './lock-functions.js';
import type { LockName } from './names/lock-name.js';

/** Something that is waited for. */
export interface Lock {
  readonly kind: LockKind | 'wait queue';
  readonly address: bigint;
  readonly name: LockName;
  /** Of a page bit: its number in page.flags. */
  readonly bit?: number;
  /** Of what is no lock and yet waited for: the task that must get on with it, where that was found along with it. */
  readonly heldBy?: { readonly task: bigint; readonly evidence: string };
}

/** Somebody who waits for a lock, at the moment of the dump. */
export interface Wait {
  readonly lock: Lock;
  readonly waiter: Context;
  /** Which of the context's segments waits: 0 is what runs now, others were interrupted while they waited. */
  readonly segment: number;
  /** It keeps its CPU busy. */
  readonly spinning: boolean;
  readonly mode?: 'read' | 'write';
  /** The function that wants the lock, and its place in the segment. */
  readonly taker?: Activation;
  readonly takerIndex: number;
  /** What tells that it is this lock, a phrase each. */
  readonly how: readonly string[];
  /** The waiter's own struct, where it has one: its place in the lock's list. */
  readonly node?: bigint;
}

/** Events that somebody must bring about are held up; locks are had. */
export function isHeld({ kind }: Lock): boolean {
  return kind !== 'RCU grace period' && kind !== 'expedited RCU grace period' && kind !== 'work item' && kind !== 'completion';
}
