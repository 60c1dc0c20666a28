import type { Kernel } from '../../kernel/kernel.js';
import { bySurest, type Certainty } from '../certainty.js';
import { byCode, holdingFrame } from './code-holders.js';
import { contextOfTask, type Activation, type Context } from '../contexts.js';
import { gracePeriodHolders } from '../waits/grace-period-waits.js';
import { isSleepingLock, sleepingLockState, tasksByAddress } from '../state/lock-state.js';
import { pageLockHolders } from './page-lock-holders.js';
import { consoleSemHolders, printkHolders } from '../waits/printk-locks.js';
import { readersInside } from './readers-inside.js';
import { rtMutexOffset } from '../state/rt-locks.js';
import type { Lock, Wait } from '../wait.js';

/** Somebody who has a lock. */
export interface Holding {
  readonly lock: Lock;
  readonly holder: Context;
  readonly certainty: Certainty;
  /** The function that took it, where the stack shows it. */
  readonly taker?: Activation;
  /** Which of the holder's segments has it. */
  readonly segment?: number;
  readonly evidence: readonly string[];
}

/** Who has a lock that somebody waits for: by the owner that the lock names, else by the code that stands on the stacks. */
export function holdersOf(kernel: Kernel, lock: Lock, waits: readonly Wait[]): readonly Holding[] {
  if (lock.kind === 'RCU grace period' || lock.kind === 'expedited RCU grace period') return gracePeriodHolders(kernel, lock);
  if (lock.heldBy !== undefined) return byTask(kernel, lock, lock.heldBy);
  if (lock.kind === 'console owner' || lock.kind === 'printk CPU lock') return printkHolders(kernel, lock);
  const printing = consoleSemHolders(kernel, lock);
  if (printing.length > 0) return printing;
  const named = isSleepingLock(lock.kind) || rtMutexOffset(kernel, lock.kind) !== undefined;
  if (named) {
    const inside = byOwnerlessCode(kernel, lock, waits);
    // Where all readers are known, the one that the owner word names and that is none of them has left.
    const complete = inside.length > 0 && inside.length === readersInside(kernel, lock) && inside.every(({ certainty }) => certainty === 'certain');
    const byWord = byOwnerWord(kernel, lock).filter(({ holder }) => !complete || inside.some((reader) => reader.holder === holder));
    return eachOnce([...byWord, ...inside]);
  }
  if (lock.kind === 'page bit') return pageLockHolders(kernel, lock, waits);
  if (lock.kind !== 'spinlock' && lock.kind !== 'rwlock') return [];
  const debug = byDebugOwner(kernel, lock, waits);
  return debug ? [debug] : byCode(kernel, lock, waits);
}

/** Who is found in two ways is as sure as the better of them, by the evidence of both; the surest come first. */
function eachOnce(holdings: readonly Holding[]): readonly Holding[] {
  const merged = new Map<Context, Holding>();
  for (const holding of holdings) {
    const before = merged.get(holding.holder);
    const [better, other] = [...(before ? [before] : []), holding].toSorted(bySurest) as [Holding, Holding?];
    merged.set(holding.holder, other === undefined ? better : { ...better, evidence: [...new Set([...other.evidence, ...better.evidence])] });
  }
  return [...merged.values()].toSorted(bySurest);
}

/** Semaphores and percpu-rwsems name nobody; of readers at most the last that came in is named, and with PREEMPT_RT none is. */
function byOwnerlessCode(kernel: Kernel, lock: Lock, waits: readonly Wait[]): Holding[] {
  const { kind } = lock;
  const readers = kind === 'rwsem' || kind === 'rwlock' ? readersInside(kernel, lock) : undefined;
  const onlyCounted = readers !== undefined && readers > 0;
  return kind === 'semaphore' || kind === 'percpu-rwsem' || onlyCounted ? byCode(kernel, lock, waits) : [];
}

function byTask(kernel: Kernel, lock: Lock, { task, evidence }: NonNullable<Lock['heldBy']>): Holding[] {
  const holder = contextOfTask(kernel, task);
  return holder === undefined ? [] : [{ lock, holder, certainty: 'certain', evidence: [evidence] }];
}

function byOwnerWord(kernel: Kernel, lock: Lock): Holding[] {
  const state = sleepingLockState(kernel, lock.kind, lock.address);
  if (state?.owner === undefined || !tasksByAddress(kernel).has(state.owner)) return [];
  const holder = contextOfTask(kernel, state.owner);
  if (holder === undefined) return [];
  const inCode = holdingFrame(kernel, lock, holder, []);
  const frame = inCode ? { taker: inCode.activation, segment: inCode.segment } : {};
  if (!state.ownerIsReader) return [{ lock, holder, certainty: 'certain', ...frame, evidence: [`the lock's owner word names ${holder.label}`, ...(inCode ? [inCode.evidence] : [])] }];
  const hint = `the lock's owner word names ${holder.label} as the last reader that came in`;
  if (inCode) return [{ lock, holder, certainty: state.readers === 1 ? 'certain' : 'likely', ...frame, evidence: [hint, ...(state.readers === 1 ? ['the count says that there is one reader'] : []), inCode.evidence] }];
  return [{ lock, holder, certainty: state.readers === 1 ? 'likely' : 'possible', evidence: [hint] }];
}

/** With CONFIG_DEBUG_SPINLOCK a lock knows who has it. */
function byDebugOwner(kernel: Kernel, lock: Lock, waits: readonly Wait[]): Holding | undefined {
  if (lock.kind !== 'spinlock' || !kernel.has('raw_spinlock', 'owner_cpu')) return undefined;
  return kernel.peek('debugging fields of a spinlock', () => {
    const { owner, owner_cpu: cpu } = kernel.ref('raw_spinlock', lock.address);
    const holder = owner === undefined ? undefined : contextOfTask(kernel, BigInt.asUintN(64, owner));
    if (holder === undefined) return undefined;
    const inCode = holdingFrame(kernel, lock, holder, waits.filter((wait) => wait.lock.address === lock.address));
    return {
      lock, holder, certainty: 'certain', ...(inCode ? { taker: inCode.activation, segment: inCode.segment } : {}),
      evidence: [`the lock's debugging fields name ${holder.label} as its owner, on CPU ${cpu ?? '?'}`, ...(inCode ? [inCode.evidence] : [])],
    };
  });
}
