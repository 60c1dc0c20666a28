import { bySurest, type Certainty } from './certainty.js';
import { activationInWords, contextOfTask, cpuContexts, sleepingContexts, stackWords, type Activation, type Context } from './contexts.js';
import { isGapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { gracePeriodHolders } from './grace-period-waits.js';
import { hex } from '../stack/stack-memory.js';
import type { TaskStack } from '../stack/stacks.js';
import { lockCalls, type LockCall } from './lock-calls.js';
import { lockFunction } from './lock-functions.js';
import { isSleepingLock, sleepingLockState, tasksByAddress } from './lock-state.js';
import { pageLockHolders } from './page-lock-holders.js';
import { consoleSemHolders, printkHolders } from './printk-locks.js';
import { rtMutexOffset } from './rt-locks.js';
import { rwlockWord } from './rwlock-word.js';
import type { Lock, Wait } from './wait.js';

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
  const debug = byDebugOwner(kernel, lock);
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
  const onlyCounted = (kind === 'rwsem' || kind === 'rwlock') && (readersInside(kernel, lock) ?? 0) > 0;
  return kind === 'semaphore' || kind === 'percpu-rwsem' || onlyCounted ? byCode(kernel, lock, waits) : [];
}

/** How many readers a lock counts; undefined for one that counts none. */
function readersInside(kernel: Kernel, { kind, address }: Lock): number | undefined {
  return sleepingLockState(kernel, kind, address)?.readers ?? (kind === 'rwlock' ? rwlockWord(kernel, address)?.readers : undefined);
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
function byDebugOwner(kernel: Kernel, lock: Lock): Holding | undefined {
  if (lock.kind !== 'spinlock' || !kernel.has('raw_spinlock', 'owner_cpu')) return undefined;
  try {
    const { owner, owner_cpu: cpu } = kernel.ref('raw_spinlock', lock.address);
    const holder = owner === undefined ? undefined : contextOfTask(kernel, BigInt.asUintN(64, owner));
    return holder && { lock, holder, certainty: 'certain', evidence: [`the lock's debugging fields name ${holder.label} as its owner, on CPU ${cpu ?? '?'}`] };
  } catch (error) {
    if (!isGapError(error)) throw error;
    return undefined;
  }
}

/** A frame whose function has taken the lock and has not come to where it lets it go. */
interface HoldingFrame {
  readonly activation: Activation;
  readonly segment: number;
  readonly evidence: string;
  /** The code names the lock; else only the stack does. */
  readonly byCode: boolean;
  /** It has tried to take it, and may have failed: where nobody else can have it, it did not. */
  readonly tried: boolean;
}

function byCode(kernel: Kernel, lock: Lock, waits: readonly Wait[]): Holding[] {
  const own = waits.filter((wait) => wait.lock.address === lock.address);
  const running = holdingContexts(kernel, lock, cpuContexts(kernel), own);
  // A task that sleeps should have no spinlock: it is asked only where no CPU shows one.
  const found = running.length > 0 ? running : holdingContexts(kernel, lock, sleepingContexts(kernel), own);
  const unread = cpuContexts(kernel).filter(({ stack }) => isCutShort(stack));
  // Readers are counted: as many stacks as the count says are all of them.
  const counted = found.length > 1 && readersInside(kernel, lock) === found.length;
  return found.map(({ holder, frame }) => {
    const sure = (found.length === 1 || counted) && frame.byCode && unread.length === 0;
    const evidence = [frame.evidence];
    if (found.length > 1) evidence.push(counted ? `the count says that there are ${found.length} readers, and so many stacks are in code that takes it` : `${found.length} stacks are in code that takes it`);
    else if (running.length > 0 && unread.length === 0) evidence.push(`on no other CPU is there a function that has taken it: ${others(cpuContexts(kernel), holder)}`);
    if (unread.length > 0) evidence.push(`what ${unread.map(({ label }) => label).join(', ')} did can't be told in full`);
    return { lock, holder, certainty: sure && !frame.tried ? 'certain' : sure || (frame.byCode && !frame.tried) ? 'likely' : 'possible', taker: frame.activation, segment: frame.segment, evidence };
  });
}

/** Of what a stack that breaks off, and of which nothing was recovered behind that, had nobody knows. */
function isCutShort({ frames, end }: TaskStack): boolean {
  return frames.length === 0 || (end !== undefined && frames.at(-1)!.found !== 'scanned');
}

/** Contexts that are listed one by one; of more only the number is said. */
const LISTED = 4;

function others(contexts: readonly Context[], holder: Context): string {
  const rest = contexts.filter((context) => context !== holder);
  if (rest.length === 0) return 'there is none';
  if (rest.length > LISTED) return `${rest.length} others were looked at`;
  return rest.map(({ label, segments }) => `${label} in ${activationInWords(segments[0]?.activations[0] ?? NOWHERE)}`).join('; ');
}

const NOWHERE = { name: '', offset: 0 } as Activation;

function holdingContexts(kernel: Kernel, lock: Lock, contexts: readonly Context[], waits: readonly Wait[]): { holder: Context; frame: HoldingFrame }[] {
  return contexts.flatMap((holder) => {
    const frame = holdingFrame(kernel, lock, holder, waits);
    return frame ? [{ holder, frame }] : [];
  });
}

/** The innermost frame of a context that is inside of a critical section of the lock. */
function holdingFrame(kernel: Kernel, lock: Lock, holder: Context, waits: readonly Wait[]): HoldingFrame | undefined {
  let byStack: HoldingFrame | undefined;
  for (const [segment, { activations }] of holder.segments.entries()) {
    const waiting = waits.find((wait) => wait.waiter === holder && wait.segment === segment);
    for (const [index, activation] of activations.entries()) {
      kernel.guard.step();
      // Frames below the taker are the lock's own; the taker itself waits at this very call.
      if (waiting && index < waiting.takerIndex) continue;
      if (activation.place === undefined || lockFunction(activation.name)) continue;
      const calls = lockCalls(kernel, activation.place).filter(({ kind, after }) => kind === lock.kind && after <= activation.offset);
      // What is inlined before the call is its other branch: the way that does not wait.
      const before = waiting && index === waiting.takerIndex ? calls.filter(({ after, callee }) => after < activation.offset && callee !== undefined) : calls;
      const last = before.findLast((call) => call.lock === lock.address);
      if (last && last.does !== 'release') return { activation, segment, byCode: true, tried: last.does === 'trylock', evidence: inCode(lock, activation, last, holder) };
      if (last === undefined && byStack === undefined && !(waiting && index === waiting.takerIndex)) byStack = onStack(kernel, lock, holder, segment, index, before);
    }
  }
  return byStack;
}

function inCode(lock: Lock, activation: Activation, call: LockCall, { cpu, label }: Context): string {
  const where = cpu === undefined ? `the stack of ${label}` : `CPU ${cpu}'s stack`;
  const argument = call.callee !== undefined && lockFunction(call.callee)?.variable !== undefined ? '' : `&${lock.name.text.replace(/ \[.*\]$/, '')}`;
  const way = call.callee === undefined ? 'takes it' : `calls ${call.callee}(${argument})`;
  return `${activationInWords(activation)} is on ${where}${activation.frame.found === 'scanned' ? ' (found by scanning)' : ''}: its code ${way}, goes on at +0x${call.after.toString(16)}, and has not come to where it lets go`;
}

/** Where the code does not name the lock: the function took some lock of that kind last, and the lock's address stands in its frames. */
function onStack(kernel: Kernel, lock: Lock, { segments, stack }: Context, segment: number, index: number, calls: readonly LockCall[]): HoldingFrame | undefined {
  const last = calls.at(-1);
  if (last === undefined || last.does === 'release' || last.lock !== undefined) return undefined;
  const { activations } = segments[segment]!;
  const activation = activations[index]!;
  const register = (segment === 0 && index === 0 ? stack.frames[0]?.registers : activation.frame.registers)?.findIndex((value) => value === lock.address) ?? -1;
  const saved = register >= 0 ? undefined : wordThatNames(kernel, lock, activations[Math.max(0, index - 1)]!, activations[index + 1]);
  if (register < 0 && saved === undefined) return undefined;
  const place = saved === undefined ? 'its address is in a register' : `its address stands in the frame, at ${hex(saved)}`;
  return { activation, segment, byCode: false, tried: last.does === 'trylock', evidence: `${activationInWords(activation)} has called ${last.callee ?? 'a lock function'} and not yet an unlock; ${place}` };
}

function wordThatNames(kernel: Kernel, lock: Lock, from: Activation, above: Activation | undefined): bigint | undefined {
  for (const { at, word } of stackWords(kernel, from.frame, above?.frame)) if (word === lock.address) return at;
  return undefined;
}
