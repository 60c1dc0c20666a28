import type { Kernel } from '../../kernel/kernel.js';
import { codeRangeOf } from '../../stack/code.js';
import { stacksOf } from '../../arch/stack/stack-architectures.js';
import { acquiringIn } from './acquiring.js';
import { activationInWords, cpuContexts, stackWords, type Context, type Segment } from '../contexts.js';
import { lockGivenAt } from '../owners/lock-calls.js';
import { lockName } from '../names/lock-name.js';
import { plausibleLock } from '../state/lock-state.js';
import { couldBeSpinlock } from '../state/spin-queue.js';
import type { Acquiring, Wait } from '../lock-kind.js';
import { defined } from '../../words/defined.js';

/** What each CPU spins on, in what it does now or in what was interrupted there. */
export function spinWaits(kernel: Kernel): readonly Wait[] {
  return kernel.once('spin waits', () =>
    cpuContexts(kernel).flatMap((context) =>
      context.segments.flatMap((segment, index) => {
        const acquiring = acquiringIn(segment);
        if (acquiring === undefined || !acquiring.slow) return [];
        return waitOf(kernel, context, segment, index, acquiring) ?? [];
      }),
    ),
  );
}

/** An address that may be the lock's, and what speaks for it. */
interface Candidate {
  address: bigint;
  weight: number;
  how: string[];
}

/** The function's own code names the lock: nothing else is needed. */
const BY_CODE = 8;
const BY_FIRST_ARGUMENT = 4;
const BY_REGISTER = 2;
const BY_STACK = 1;
/** The word says that this very CPU waits. */
const BY_TAIL = 6;
const BY_NAME = 3;

function waitOf(
  kernel: Kernel,
  waiter: Context,
  segment: Segment,
  index: number,
  acquiring: Acquiring,
): Wait | undefined {
  const best = candidates(kernel, waiter, segment, acquiring)
    .filter(({ address, weight }) => weight >= BY_CODE || couldBe(kernel, address, acquiring))
    .map((candidate) => weighed(kernel, waiter, candidate, acquiring))
    .toSorted((a, b) => b.weight - a.weight)[0];
  if (best === undefined) {
    kernel.gap(
      `what ${waiter.label} spins on`,
      `no register and no word of its stack is a lock that ${acquiring.frames.at(-1)!.name} could wait for`,
    );
    return undefined;
  }
  return {
    lock: { kind: acquiring.kind, address: best.address, name: lockName(kernel, best.address, acquiring.kind) },
    waiter,
    segment: index,
    spinning: true,
    takerIndex: acquiring.takerIndex,
    how: best.how,
    ...defined({ mode: acquiring.mode }),
    ...defined({ taker: acquiring.taker }),
  };
}

function candidates(kernel: Kernel, waiter: Context, segment: Segment, { frames, taker }: Acquiring): Candidate[] {
  const found = new Map<bigint, Candidate>();
  const add = (address: bigint | undefined, weight: number, how: string): void => {
    if (address === undefined || address < kernel.arch.memory.kernelStart || (address & 3n) !== 0n) return;
    const known = found.get(address);
    if (!known) found.set(address, { address, weight, how: [how] });
    else if (known.weight < weight) found.set(address, { address, weight, how: [how] });
  };
  const given = taker?.place && lockGivenAt(kernel, taker.place, taker.offset);
  if (given !== undefined) add(given, BY_CODE, `${taker!.name} loads its address right before the call`);
  const registers =
    segment.interruptedBy === undefined ? waiter.stack.frames[0]?.registers : segment.activations[0]?.frame.registers;
  // A register's own name is told: an engineer looks there first.
  const { names, ip, sp, firstArgument } = stacksOf(kernel).registers;
  for (const [number, name] of names.entries()) {
    if (number === ip || number === sp) continue;
    add(
      registers?.[number],
      number === firstArgument ? BY_FIRST_ARGUMENT : BY_REGISTER,
      `register ${name} in ${activationInWords(frames[0]!)}`,
    );
  }
  for (const { at, word } of stackWords(kernel, frames[0]!.frame, taker?.frame))
    add(word, BY_STACK, `saved on the stack at 0x${at.toString(16)}`);
  return [...found.values()];
}

/** Whether what stands there could be a lock that somebody waits for. */
function couldBe(kernel: Kernel, address: bigint, { kind }: Acquiring): boolean {
  if (codeRangeOf(kernel, address)?.module === undefined && codeRangeOf(kernel, address) !== undefined) return false;
  if (kind.sleeps) return plausibleLock(kernel, kind, address);
  return kind.couldBe === undefined ? couldBeSpinlock(kernel, address) : kind.couldBe(kernel, address);
}

function weighed(kernel: Kernel, { cpu }: Context, candidate: Candidate, { kind }: Acquiring): Candidate {
  const { address } = candidate;
  let { weight } = candidate;
  const how = [...candidate.how];
  const last = kind.lastCpu?.(kernel, address);
  if (last !== undefined && last === cpu) {
    weight += BY_TAIL;
    how.push(`the lock word's tail names CPU ${last} itself`);
  }
  if (lockName(kernel, address).known) weight += BY_NAME;
  return { ...candidate, weight, how };
}
