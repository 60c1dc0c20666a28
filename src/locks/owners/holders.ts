import type { Kernel } from '../../kernel/kernel.js';
import { bySurest } from '../../words/certainty.js';
import { contextOfTask, type Context } from '../contexts.js';
import type { CodeSearch, Holding, Lock, Wait } from '../lock-kind.js';
import { lockState, tasksByAddress } from '../state/lock-state.js';
import { rtMutexOffset } from '../state/rt-locks.js';
import { byCode, holdingFrame } from './code-holders.js';
import { lockCalls } from './lock-calls.js';
import { readersInside } from './readers-inside.js';

/**
 * Who has a lock that somebody waits for: by the kind's own way, by the owner that the lock names, else by the code
 * that stands on the stacks.
 */
export function holdersOf(kernel: Kernel, lock: Lock, waits: readonly Wait[]): readonly Holding[] {
  const { kind } = lock;
  if (lock.heldBy !== undefined) return byTask(kernel, lock, lock.heldBy);
  const own = kind.holders ? kind.holders(kernel, lock, waits, codeSearch(kernel)) : [];
  if (own.length > 0) return own;
  if (kind.sleeps || rtMutexOffset(kernel, kind) !== undefined) {
    const inside = byOwnerlessCode(kernel, lock, waits);
    // Where all readers are known, the one that the owner word names and that is none of them has left.
    const complete =
      inside.length > 0 &&
      inside.length === readersInside(kernel, lock) &&
      inside.every(({ certainty }) => certainty === 'certain');
    const byWord = byOwnerWord(kernel, lock).filter(
      ({ holder }) => !complete || inside.some((reader) => reader.holder === holder),
    );
    return eachOnce([...byWord, ...inside]);
  }
  return kind.spins ? byCode(kernel, lock, waits) : [];
}

function codeSearch(kernel: Kernel): CodeSearch {
  return {
    calls: (place) => lockCalls(kernel, place),
    holdingFrame: (lock, holder, waits) => holdingFrame(kernel, lock, holder, waits),
  };
}

/** Who is found in two ways is as sure as the better of them, by the evidence of both; the surest come first. */
function eachOnce(holdings: readonly Holding[]): readonly Holding[] {
  const merged = new Map<Context, Holding>();
  for (const holding of holdings) {
    const before = merged.get(holding.holder);
    const [better, other] = [...(before ? [before] : []), holding].toSorted(bySurest) as [Holding, Holding?];
    merged.set(
      holding.holder,
      other === undefined ? better : { ...better, evidence: [...new Set([...other.evidence, ...better.evidence])] },
    );
  }
  return [...merged.values()].toSorted(bySurest);
}

/**
 * Semaphores and percpu-rwsems name nobody; of readers at most the last that came in is named, and with PREEMPT_RT none
 * is.
 */
function byOwnerlessCode(kernel: Kernel, lock: Lock, waits: readonly Wait[]): Holding[] {
  const readers = readersInside(kernel, lock);
  return lock.kind.ownerless || (readers !== undefined && readers > 0) ? byCode(kernel, lock, waits) : [];
}

function byTask(kernel: Kernel, lock: Lock, { task, evidence }: NonNullable<Lock['heldBy']>): Holding[] {
  const holder = contextOfTask(kernel, task);
  return holder === undefined ? [] : [{ lock, holder, certainty: 'certain', evidence: [evidence] }];
}

function byOwnerWord(kernel: Kernel, lock: Lock): Holding[] {
  const state = lockState(kernel, lock.kind, lock.address);
  if (state?.owner === undefined || !tasksByAddress(kernel).has(state.owner)) return [];
  const holder = contextOfTask(kernel, state.owner);
  if (holder === undefined) return [];
  const inCode = holdingFrame(kernel, lock, holder, []);
  const frame = inCode ? { taker: inCode.activation, segment: inCode.segment } : {};
  if (!state.ownerIsReader)
    return [
      {
        lock,
        holder,
        certainty: 'certain',
        ...frame,
        evidence: [`the lock's owner word names ${holder.label}`, ...(inCode ? [inCode.evidence] : [])],
      },
    ];
  const hint = `the lock's owner word names ${holder.label} as the last reader that took it`;
  if (inCode)
    return [
      {
        lock,
        holder,
        certainty: state.readers === 1 ? 'certain' : 'likely',
        ...frame,
        evidence: [hint, ...(state.readers === 1 ? ['the count says that there is one reader'] : []), inCode.evidence],
      },
    ];
  return [{ lock, holder, certainty: state.readers === 1 ? 'likely' : 'possible', evidence: [hint] }];
}
