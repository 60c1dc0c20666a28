import type { Kernel } from '../../kernel/kernel.js';
import { hex } from '../../words/hex.js';
import type { TaskStack } from '../../stack/stacks.js';
import {
  activationInWords,
  cpuContexts,
  sleepingContexts,
  stackWords,
  type Activation,
  type Context,
} from '../contexts.js';
import { lockCalls } from './lock-calls.js';
import { lockFunction } from '../lock-functions.js';
import { readersInside } from './readers-inside.js';
import type { Certainty } from '../../words/certainty.js';
import { rtMutexOffset } from '../state/rt-locks.js';
import type { Holding, HoldingFrame, Lock, LockCall, Wait } from '../lock-kind.js';

/** Who has a lock by the code on the stacks: a function that has taken it and has not reached its unlock. */
export function byCode(kernel: Kernel, lock: Lock, waits: readonly Wait[]): Holding[] {
  const own = waits.filter((wait) => wait.lock.address === lock.address);
  const running = holdingContexts(kernel, lock, cpuContexts(kernel), own);
  // A task that sleeps should have no spinlock: it is asked only where no CPU shows one.
  const onlyRunning = running.length > 0 && lock.kind.spins === true && rtMutexOffset(kernel, lock.kind) === undefined;
  const found = onlyRunning ? running : [...running, ...holdingContexts(kernel, lock, sleepingContexts(kernel), own)];
  const unread = cpuContexts(kernel).filter(({ stack }) => isCutShort(stack));
  // Readers are counted: as many stacks as the count says are all of them.
  const counted = found.length > 1 && readersInside(kernel, lock) === found.length;
  return found.map(({ holder, frame }) => {
    const sure = (found.length === 1 || counted) && frame.byCode && unread.length === 0;
    const evidence = [frame.evidence];
    if (found.length > 1)
      evidence.push(
        counted
          ? `the count says that there are ${found.length} readers, and as many stacks are in code that takes it`
          : `${found.length} stacks are in code that takes it`,
      );
    else if (running.length > 0 && unread.length === 0)
      evidence.push(`on no other CPU is there a function that has taken it: ${others(cpuContexts(kernel), holder)}`);
    if (unread.length > 0)
      evidence.push(`what ${unread.map(({ label }) => label).join(', ')} did can't be determined in full`);
    return {
      lock,
      holder,
      certainty: certaintyOf(sure, frame),
      taker: frame.activation,
      segment: frame.segment,
      evidence,
    };
  });
}

/** @param sure nobody else can have it, as far as code tells */
function certaintyOf(sure: boolean, { byCode, tried }: HoldingFrame): Certainty {
  if (tried) return sure ? 'likely' : 'possible';
  if (sure) return 'certain';
  return byCode ? 'likely' : 'possible';
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
  return rest
    .map(({ label, segments }) => `${label} in ${activationInWords(segments[0]?.activations[0] ?? NOWHERE)}`)
    .join('; ');
}

const NOWHERE = { name: '', offset: 0 } as Activation;

function holdingContexts(
  kernel: Kernel,
  lock: Lock,
  contexts: readonly Context[],
  waits: readonly Wait[],
): { holder: Context; frame: HoldingFrame }[] {
  return contexts.flatMap((holder) => {
    const frame = holdingFrame(kernel, lock, holder, waits);
    return frame ? [{ holder, frame }] : [];
  });
}

/** The innermost frame of a context that is inside of a critical section of the lock. */
export function holdingFrame(
  kernel: Kernel,
  lock: Lock,
  holder: Context,
  waits: readonly Wait[],
): HoldingFrame | undefined {
  let byStack: HoldingFrame | undefined;
  for (const [segment, { activations }] of holder.segments.entries()) {
    const waiting = waits.find((wait) => wait.waiter === holder && wait.segment === segment);
    for (const [index, activation] of activations.entries()) {
      kernel.guard.step();
      // Frames below the taker are the lock's own; the taker itself waits at this very call.
      if (waiting && index < waiting.takerIndex) continue;
      if (activation.place === undefined || lockFunction(activation.name)) continue;
      const calls = lockCalls(kernel, activation.place).filter(
        ({ kind, after }) => kind === lock.kind && after <= activation.offset,
      );
      // What is inlined before the call is its other branch: the way that does not wait.
      const before =
        waiting && index === waiting.takerIndex
          ? calls.filter(({ after, callee }) => after < activation.offset && callee !== undefined)
          : calls;
      const last = before.findLast((call) => call.lock === lock.address);
      if (last && last.does !== 'release')
        return {
          activation,
          segment,
          byCode: true,
          tried: last.does === 'trylock',
          evidence: inCode(lock, activation, last, holder),
        };
      if (last === undefined && byStack === undefined && !(waiting && index === waiting.takerIndex))
        byStack = onStack(kernel, lock, holder, segment, index, before);
    }
  }
  return byStack;
}

function inCode(lock: Lock, activation: Activation, call: LockCall, { cpu, label }: Context): string {
  const where = cpu === undefined ? `the stack of ${label}` : `CPU ${cpu}'s stack`;
  const argument =
    call.callee !== undefined && lockFunction(call.callee)?.variable !== undefined
      ? ''
      : `&${lock.name.text.replace(/ \[.*\]$/, '')}`;
  const way = call.callee === undefined ? 'takes it' : `calls ${call.callee}(${argument})`;
  const found = activation.frame.found === 'scanned' ? ' (found by scanning)' : '';
  const code = `its code ${way}, goes on at +0x${call.after.toString(16)}, and has not reached its unlock`;
  return `${activationInWords(activation)} is on ${where}${found}: ${code}`;
}

/**
 * Where the code does not name the lock: the function took some lock of that kind last, and the lock's address stands
 * in its frames.
 */
function onStack(
  kernel: Kernel,
  lock: Lock,
  { segments, stack }: Context,
  segment: number,
  index: number,
  calls: readonly LockCall[],
): HoldingFrame | undefined {
  const last = calls.at(-1);
  if (last === undefined || last.does === 'release' || last.lock !== undefined) return undefined;
  const { activations } = segments[segment]!;
  const activation = activations[index]!;
  const register =
    (segment === 0 && index === 0 ? stack.frames[0]?.registers : activation.frame.registers)?.findIndex(
      (value) => value === lock.address,
    ) ?? -1;
  const saved =
    register >= 0
      ? undefined
      : wordThatNames(kernel, lock, activations[Math.max(0, index - 1)]!, activations[index + 1]);
  if (register < 0 && saved === undefined) return undefined;
  const place = saved === undefined ? 'its address is in a register' : `its address is in the frame, at ${hex(saved)}`;
  return {
    activation,
    segment,
    byCode: false,
    tried: last.does === 'trylock',
    evidence: `${activationInWords(activation)} has called ${last.callee ?? 'a lock function'} and not yet an unlock; ${place}`,
  };
}

function wordThatNames(
  kernel: Kernel,
  lock: Lock,
  from: Activation,
  above: Activation | undefined,
): bigint | undefined {
  for (const { at, word } of stackWords(kernel, from.frame, above?.frame)) if (word === lock.address) return at;
  return undefined;
}
