import type { Kernel } from '../../kernel/kernel.js';
import { taskState } from '../../linux/sched/task-state.js';
import type { Certainty } from '../../words/certainty.js';
import { type Context } from '../contexts.js';
import type { Holding } from '../lock-kind.js';
import { asleepNs, onCpuNs, queuedNs } from '../../linux/sched/how-long.js';
import { conclude, findingKind, type Claim, type Finding, type FindingKind } from '../../words/finding.js';
import { duration, number, word } from '../../words/known-facts.js';
import { told, type Told } from '../../words/told.js';
import { culpritOf } from '../dying/culprit.js';
import { interruption } from './interruptions.js';
import type { ContendedLock } from '../lock-kind.js';
import { isHeld } from '../lock-kind.js';
import { contextId, type WaitGraph } from '../wait-graph.js';
import {
  cameTold,
  doorsOf,
  hasInWords,
  holdingPremise,
  labelOf,
  labelWithin,
  lockSubject,
  lockTold,
  longestTold,
  moreWaiters,
  NAMED,
  placeTold,
  sentenceCase,
  sinceAsleep,
  sinceOnCpu,
  sinceQueued,
  sleepsIn,
  stateOf,
  unnamed,
  waitersInWords,
  waitInWords,
} from './waits-in-words.js';

/**
 * A lock that is waited for this long is why somebody looks at the dump; below it is contention as it comes and goes.
 */
const STUCK_NS = 5e9;

const exitedKind = findingKind({
  id: 'lock.owner-exited',
  meaning: 'Who took the lock has exited without releasing it.',
  when: 'the owner word of the lock names a task_struct that no list has and that says that it is dead',
  moment: 'dump',
  step: 'likely',
});

const frozenKind = findingKind({
  id: 'lock.frozen',
  meaning: 'A file system is frozen, or is being frozen: whoever writes to it waits.',
  when: 'somebody has waited 5 s or longer for a lock of super_block.s_writers, and its frozen state is set',
  moment: 'dump',
  step: 'certain',
});

const unknownKind = findingKind({
  id: 'lock.owner-unknown',
  meaning: 'A lock is waited for, and who has it could not be determined.',
  when: 'somebody has waited 5 s or longer for it, and neither its word nor code tells who has it',
  moment: 'dump',
  step: 'possible',
});

const stoppedKind = findingKind({
  id: 'lock.holder-stopped',
  meaning: 'The CPU that stopped all others waits for a lock that one of them holds.',
  when: 'the holder is in the function that halts a CPU for good, and a CPU that is not spins for the lock',
  moment: 'dump',
  step: 'certain',
});

const stuckKind = findingKind({
  id: 'lock.stuck-owner',
  meaning: 'Who holds the lock, or delays the event, runs on a CPU and makes no progress.',
  when: 'somebody has waited 5 s or longer for it, or its holder has had its CPU as long',
  moment: 'dump',
  step: 'certain',
});

const spinlockKind = findingKind({
  id: 'lock.sleeps-with-spinlock',
  meaning: 'Who holds a lock that CPUs spin for sleeps, or has no CPU.',
  when: 'a CPU spins for a lock whose holder does not run',
  moment: 'dump',
  step: 'certain',
});

const asleepKind = findingKind({
  id: 'lock.owner-sleeps',
  meaning: 'Who holds the lock, or delays the event, sleeps or has no CPU.',
  when: 'somebody has waited 5 s or longer for it, and its holder does not run',
  moment: 'dump',
  step: 'certain',
});

/** Every kind of finding on who has a lock. */
export const ownerFindingKinds: readonly FindingKind[] = [
  exitedKind,
  frozenKind,
  unknownKind,
  stoppedKind,
  stuckKind,
  spinlockKind,
  asleepKind,
];

/** What is the same in all that can be said of a lock. */
interface Case {
  readonly kernel: Kernel;
  readonly lock: ContendedLock;
  readonly graph: WaitGraph;
  /** "a (1) and b (2) wait for lock". */
  readonly who: Told;
  /** ", for up to 7 s" */
  readonly long: string | Told;
  /** Longer than contention lasts. */
  readonly stuck: boolean;
  readonly common: Pick<Claim, 'subject' | 'evidence' | 'doors'>;
}

/** A lock whose holder is no waiter of a circle: it is told where it makes others wait for long, or for ever. */
export function ownerFinding(kernel: Kernel, lock: ContendedLock, graph: WaitGraph): Finding | undefined {
  const { kind } = lock.lock;
  if ((kind.idle && lock.holders.length === 0) || kind.toldElsewhere?.(kernel)) return undefined;
  const longest = longestTold(kernel, lock);
  const [holding] = lock.holders;
  const evidence = [
    told`${stateOf(lock)}.`,
    ...lock.holders.slice(0, NAMED).map(({ evidence: why }) => `${sentenceCase(why.join('; '))}.`),
    ...lock.waits.slice(0, NAMED).map((wait) => waitInWords(kernel, wait, lock)),
    ...(lock.waits.length > NAMED ? [told`${moreWaiters(lock.waits.length - NAMED)} more wait for it.`] : []),
    ...lock.remarks,
  ];
  const one: Case = {
    kernel,
    lock,
    graph,
    stuck: longest !== undefined && Number(longest.fact.value) >= STUCK_NS,
    who: told`${waitersInWords(kernel, lock)} for ${lockTold(lock.lock)}`,
    long: longest === undefined ? '' : told`, for up to ${longest}`,
    common: {
      evidence,
      subject: lockSubject(lock.lock),
      doors: doorsOf([lock], [...lock.waits.map(({ waiter }) => waiter), ...(holding ? [holding.holder] : [])]),
    },
  };
  if (holding === undefined) return exited(one) ?? frozen(one) ?? unknown(one);
  return stopped(one, holding) ?? (holding.holder.cpu === undefined ? asleep(one, holding) : running(one, holding));
}

function exited({ lock, who, long, common }: Case): Finding | undefined {
  if (lock.exited === undefined) return undefined;
  const [state = '', ...rest] = common.evidence;
  const owner = word('owner', lock.exited, "task_struct that the lock's owner word names");
  return conclude(exitedKind, {
    ...common,
    sentence: told`${who}${long}: ${owner} took it and has exited without releasing it: nobody will.`,
    evidence: [
      state,
      told`The lock's owner word names ${owner}, which is in no list of tasks; its task_struct says that it is dead.`,
      ...rest,
    ],
  });
}

function frozen({ kernel, lock, long, stuck, common }: Case): Finding | undefined {
  if (lock.frozen === undefined || !stuck) return undefined;
  const { system, complete } = lock.frozen;
  const [state = '', ...rest] = common.evidence;
  const why = complete
    ? 'it is frozen, so that whoever writes to it waits until it is thawed'
    : 'it is being frozen, which waits for those that still write to it, and others wait behind that';
  return conclude(frozenKind, {
    ...common,
    subject: { kind: 'file system', name: `${system.type} ${lock.lock.name.about}` },
    sentence: told`${waitersInWords(kernel, lock)} to write to ${word('file system', system.text, 'super_block that the lock stands in')}${long}: ${why}.`,
    evidence: [state, `${lock.frozen.evidence}.`, ...rest],
  });
}

function unknown({ lock, who, long, stuck, common }: Case): Finding | undefined {
  if (!stuck) return undefined;
  return conclude(unknownKind, {
    ...common,
    sentence: told`${who}${long}; ${isHeld(lock.lock) ? 'who holds it' : 'who delays it'} can't be determined${unnamedTold(lock)}.`,
  });
}

/** Why nobody is named may tell the lock's count. */
function unnamedTold(lock: ContendedLock): Told | string {
  const why = unnamed(lock);
  return why === '' ? '' : told`${word('why nobody is named', why, "what its kind of lock is, and the lock's words")}`;
}

/** Where a CPU halts for good, as another panics, dumps or reboots. */
const STOPS: ReadonlySet<string> = new Set([
  'stop_this_cpu',
  'crash_nmi_callback',
  'panic_smp_self_stop',
  'nmi_panic_self_stop',
]);

function stopFunction({ segments }: Context): string | undefined {
  return segments[0]?.activations.find(({ name, frame }) => frame.found !== 'scanned' && STOPS.has(name))?.name;
}

/**
 * The CPU that stopped all others waits for what one of them has: its clock stands still too, so that time tells
 * nothing.
 */
function stopped({ kernel, lock, who, common }: Case, holding: Holding): Finding | undefined {
  const { holder } = holding;
  const halt = stopFunction(holder);
  const alive = lock.waits.find(
    ({ waiter, spinning, segment }) => spinning && segment === 0 && stopFunction(waiter) === undefined,
  );
  if (halt === undefined || alive === undefined) return undefined;
  const at = holder.segments[1]?.activations[0];
  const where = at === undefined ? '' : told` in ${placeTold(at, 'holder.stopped in')}`;
  const stopped = told`${labelOf(kernel, holder, 'holder')} holds it and was stopped${where}`;
  const as = told`as a CPU that panics or reboots stops all others (${word('halted in', halt, 'its stack')})`;
  return conclude(stoppedKind, {
    ...common,
    restsOn: [holdingPremise(kernel, holding)],
    sentence: told`${who}, which nobody will release: ${stopped}, ${as}.`,
  });
}

/** What a holder waits for itself. */
function itselfWaits({ graph }: Case, holder: Context): Told | undefined {
  const edge = graph.edges.find(({ from, does }) => does === 'waits' && from === contextId(holder));
  const other = edge && (graph.nodes.get(edge.to)?.lock ?? 'another lock');
  return (
    other &&
    told`itself waits for ${typeof other === 'string' ? other : lockTold(other.lock, 'lock that the holder wants')}`
  );
}

function running(one: Case, holding: Holding): Finding | undefined {
  const { kernel, lock, who, long, stuck, common } = one;
  const { holder, certainty, segment } = holding;
  const since = holder.task === undefined ? undefined : onCpuNs(kernel, holder.task);
  if (!stuck && (since === undefined || since < STUCK_NS)) return undefined;
  const waits = itselfWaits(one, holder);
  const does = waits ?? (isHeld(lock.lock) ? 'does not release it' : undefined);
  const owner = ownerDoes(lock, labelWithin(kernel, holder, segment, 'holder'), certainty, does);
  const onCpu =
    since === undefined ? '' : told` and has had its CPU for ${duration('holder.on CPU', since, sinceOnCpu)}`;
  const caseOfLock = waits === undefined ? 'a lock' : 'a lock, and its holder waits itself';
  return conclude(
    stuckKind,
    {
      ...common,
      restsOn: [holdingPremise(kernel, holding)],
      sentence: told`${who}${long}: ${owner}; it is in ${doingInWords(kernel, holder, segment)}${onCpu}.`,
    },
    isHeld(lock.lock) ? caseOfLock : 'an event',
  );
}

/** "a (1) holds it and sleeps", "a (1), one of 3 that hold it, sleeps". */
function ownerDoes(
  { lock, holders }: ContendedLock,
  label: Told,
  certainty: Certainty,
  does: string | Told | undefined,
): Told {
  const alike = holders.filter((other) => other.certainty === certainty).length;
  if (alike <= 1) return told`${label} ${hasInWords(lock, certainty)}${does === undefined ? '' : told` and ${does}`}`;
  const have = hasInWords(lock, certainty).replace(/^(hold|delay)s /, '$1 ');
  const all = number('holders', alike, 'all that are found to have it, as surely');
  return does === undefined
    ? told`${label} is one of ${all} that ${have}`
    : told`${label}, one of ${all} that ${have}, ${does}`;
}

/** Where the holder is with the lock; and where what came over it is, unless that is what stops CPUs for good. */
function doingInWords(kernel: Kernel, holder: Context, segment: number | undefined): string | Told {
  const { segment: now, activations } = culpritOf(kernel, holder);
  const at = (index: number, name: string): string | Told => {
    const first = index === now ? activations[0] : holder.segments[index]?.activations[0];
    return first ? told`${placeTold(first, name)}` : 'unknown code';
  };
  const came = segment === undefined || segment <= now ? undefined : interruption(kernel, holder, segment - 1);
  return came === undefined
    ? at(now, 'holder.in')
    : told`${at(segment!, 'holder.in')}, under ${cameTold(came, 'holder')} that is in ${at(now, 'holder.interrupted in')},`;
}

function asleep(one: Case, holding: Holding): Finding | undefined {
  const { kernel, lock, who, long, stuck, common } = one;
  const { holder, certainty } = holding;
  const spinning = lock.waits.some((wait) => wait.spinning);
  if (!stuck && !spinning) return undefined;
  const letter = holder.task ? kernel.attempt('task_struct.__state', () => taskState(holder.task!).letter) : undefined;
  const since = holder.task && (letter === 'R' ? queuedNs(kernel, holder.task) : asleepNs(kernel, holder.task));
  const does =
    itselfWaits(one, holder) ??
    (letter === 'R' ? 'is runnable, but has no CPU' : told`sleeps in ${sleepsIn(holder, 'holder')}`);
  const sinceTold =
    since === undefined
      ? ''
      : told`, for ${letter === 'R' ? duration('holder.runnable', since, sinceQueued) : duration('holder.asleep', since, sinceAsleep)}`;
  const state =
    letter === undefined ? '' : told` (state ${word('holder.state', letter, 'task_struct.__state and exit_state')})`;
  const claim: Claim = {
    ...common,
    restsOn: [holdingPremise(kernel, holding)],
    sentence: told`${who}${long}: ${ownerDoes(lock, labelOf(kernel, holder, 'holder'), certainty, does)}${sinceTold}${state}.`,
  };
  const of = isHeld(lock.lock) ? 'a lock' : 'an event';
  return spinning ? conclude(spinlockKind, claim, of) : conclude(asleepKind, claim, of);
}
