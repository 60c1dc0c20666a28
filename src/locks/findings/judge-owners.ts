import type { Kernel } from '../../kernel/kernel.js';
import { taskState } from '../../linux/sched/task-state.js';
import type { Certainty } from '../certainty.js';
import { activationInWords, type Context } from '../contexts.js';
import type { Finding } from './finding.js';
import type { Holding } from '../lock-kind.js';
import { asleepNs, onCpuNs, queuedNs, secondsInWords } from '../../linux/sched/how-long.js';
import { interruption } from './interruptions.js';
import type { ContendedLock } from '../lock-kind.js';
import { isHeld } from '../lock-kind.js';
import { contextId, type WaitGraph } from '../wait-graph.js';
import {
  doorsOf,
  hasInWords,
  labelOf,
  labelWithin,
  NAMED,
  sentenceCase,
  longestWaitNs,
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

/** What is the same in all that can be said of a lock. */
interface Case {
  readonly kernel: Kernel;
  readonly lock: ContendedLock;
  readonly graph: WaitGraph;
  /** "a (1) and b (2) wait for lock". */
  readonly who: string;
  /** ", for up to 7 s" */
  readonly long: string;
  /** Longer than contention lasts. */
  readonly stuck: boolean;
  readonly common: Pick<Finding, 'evidence' | 'about' | 'doors'>;
}

type Judged<Id extends string> = Omit<Finding, 'moment' | 'id'> & { readonly id: Id };

export type OwnerFindingId = OwnerFinding['id'];
type OwnerFinding = Exclude<ReturnType<typeof ownerFinding>, undefined>;

/** A lock whose holder is no waiter of a circle: it is told where it makes others wait for long, or for ever. */
export function ownerFinding(kernel: Kernel, lock: ContendedLock, graph: WaitGraph) {
  const { kind, name } = lock.lock;
  if ((kind.idle && lock.holders.length === 0) || kind.toldElsewhere?.(kernel)) return undefined;
  const longest = longestWaitNs(kernel, lock);
  const [holding] = lock.holders;
  const evidence = [
    `${stateOf(lock)}.`,
    ...lock.holders.slice(0, NAMED).map(({ evidence: why }) => `${sentenceCase(why.join('; '))}.`),
    ...lock.waits.slice(0, NAMED).map((wait) => waitInWords(kernel, wait, lock)),
    ...(lock.waits.length > NAMED ? [`${lock.waits.length - NAMED} more wait for it.`] : []),
    ...lock.remarks,
  ];
  const one: Case = {
    kernel,
    lock,
    graph,
    stuck: longest >= STUCK_NS,
    who: `${waitersInWords(kernel, lock.waits)} for ${name.text}`,
    long: longest > 0 ? `, for up to ${secondsInWords(longest)}` : '',
    common: {
      evidence,
      about: name.about,
      doors: doorsOf([lock], [...lock.waits.map(({ waiter }) => waiter), ...(holding ? [holding.holder] : [])]),
    },
  };
  if (holding === undefined) return exited(one) ?? frozen(one) ?? unknown(one);
  return stopped(one, holding) ?? (holding.holder.cpu === undefined ? asleep(one, holding) : running(one, holding));
}

function exited({ lock, who, long, common }: Case): Judged<'lock.owner-exited'> | undefined {
  if (lock.exited === undefined) return undefined;
  const [state = '', ...rest] = common.evidence;
  const gone = `The lock's owner word names ${lock.exited}, which is in no list of tasks; its task_struct says that it is dead.`;
  return {
    id: 'lock.owner-exited',
    weight: 85,
    certainty: 'likely',
    ...common,
    sentence: `${who}${long}: ${lock.exited} took it and has exited without releasing it: nobody will.`,
    evidence: [state, gone, ...rest],
  };
}

function frozen({ kernel, lock, long, stuck, common }: Case): Judged<'lock.frozen'> | undefined {
  if (lock.frozen === undefined || !stuck) return undefined;
  const { system, complete } = lock.frozen;
  const [state = '', ...rest] = common.evidence;
  const why = complete
    ? 'it is frozen, so that whoever writes to it waits until it is thawed'
    : 'it is being frozen, which waits for those that still write to it, and others wait behind that';
  return {
    id: 'lock.frozen',
    weight: 75,
    certainty: 'certain',
    ...common,
    about: `${system.type} ${lock.lock.name.about}`,
    sentence: `${waitersInWords(kernel, lock.waits)} to write to ${system.text}${long}: ${why}.`,
    evidence: [state, `${lock.frozen.evidence}.`, ...rest],
  };
}

function unknown({ lock, who, long, stuck, common }: Case): Judged<'lock.owner-unknown'> | undefined {
  if (!stuck) return undefined;
  return {
    id: 'lock.owner-unknown',
    weight: 40,
    certainty: 'possible',
    sentence: `${who}${long}; ${isHeld(lock.lock) ? 'who holds it' : 'who delays it'} can't be told${unnamed(lock)}.`,
    ...common,
  };
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
function stopped(
  { kernel, lock, who, common }: Case,
  { holder, certainty }: Holding,
): Judged<'lock.holder-stopped'> | undefined {
  const halt = stopFunction(holder);
  const alive = lock.waits.find(
    ({ waiter, spinning, segment }) => spinning && segment === 0 && stopFunction(waiter) === undefined,
  );
  if (halt === undefined || alive === undefined) return undefined;
  const at = holder.segments[1]?.activations[0];
  return {
    id: 'lock.holder-stopped',
    weight: 88,
    certainty,
    ...common,
    sentence: `${who}, which nobody will release: ${labelOf(kernel, holder)} holds it and was stopped${at === undefined ? '' : ` in ${activationInWords(at)}`}, as a CPU that panics or reboots stops all others (${halt}).`,
  };
}

/** What a holder waits for itself. */
function itselfWaits({ graph }: Case, holder: Context): string | undefined {
  const edge = graph.edges.find(({ from, label }) => from === contextId(holder) && /for/.test(label));
  return edge && `itself waits for ${graph.nodes.get(edge.to)?.label ?? 'another lock'}`;
}

function running(one: Case, { holder, certainty, segment }: Holding): Judged<'lock.stuck-owner'> | undefined {
  const { kernel, lock, who, long, stuck, common } = one;
  const since = holder.task === undefined ? undefined : onCpuNs(kernel, holder.task);
  if (!stuck && (since === undefined || since < STUCK_NS)) return undefined;
  const waits = itselfWaits(one, holder);
  return {
    id: 'lock.stuck-owner',
    weight: !isHeld(lock.lock) ? 58 : waits === undefined ? 80 : 65,
    certainty,
    ...common,
    sentence: `${who}${long}: ${ownerDoes(lock, labelWithin(kernel, holder, segment), certainty, waits ?? (isHeld(lock.lock) ? 'does not release it' : undefined))}; it is in ${doingInWords(kernel, holder, segment)}${since === undefined ? '' : ` and has had its CPU for ${secondsInWords(since)}`}.`,
  };
}

/** "a (1) holds it and sleeps", "a (1), one of 3 that hold it, sleeps". */
function ownerDoes(
  { lock, holders }: ContendedLock,
  label: string,
  certainty: Certainty,
  does: string | undefined,
): string {
  const alike = holders.filter((other) => other.certainty === certainty).length;
  if (alike <= 1) return `${label} ${hasInWords(lock, certainty)}${does === undefined ? '' : ` and ${does}`}`;
  const have = hasInWords(lock, certainty).replace(/^(hold|delay)s /, '$1 ');
  return does === undefined
    ? `${label} is one of ${alike} that ${have}`
    : `${label}, one of ${alike} that ${have}, ${does}`;
}

/** Where the holder is with the lock; and where what came over it is, unless that is what stops CPUs for good. */
function doingInWords(kernel: Kernel, holder: Context, segment: number | undefined): string {
  const now = stopFunction(holder) === undefined ? 0 : 1;
  const at = (index: number): string => {
    const first = holder.segments[index]?.activations[0];
    return first ? activationInWords(first) : "code that can't be told";
  };
  const came = segment === undefined || segment <= now ? undefined : interruption(kernel, holder, segment - 1);
  return came === undefined ? at(now) : `${at(segment!)}, under ${came.what} that is in ${at(now)},`;
}

function asleep(
  one: Case,
  { holder, certainty }: Holding,
): Judged<'lock.sleeps-with-spinlock' | 'lock.owner-sleeps'> | undefined {
  const { kernel, lock, who, long, stuck, common } = one;
  const spinning = lock.waits.some((wait) => wait.spinning);
  if (!stuck && !spinning) return undefined;
  const letter = holder.task ? kernel.attempt('task_struct.__state', () => taskState(holder.task!).letter) : undefined;
  const since = holder.task && (letter === 'R' ? queuedNs(kernel, holder.task) : asleepNs(kernel, holder.task));
  return {
    id: spinning ? 'lock.sleeps-with-spinlock' : 'lock.owner-sleeps',
    weight: !isHeld(lock.lock) ? 58 : spinning ? 85 : 70,
    certainty,
    ...common,
    sentence: `${who}${long}: ${ownerDoes(lock, labelOf(kernel, holder), certainty, itselfWaits(one, holder) ?? (letter === 'R' ? 'is runnable, but has no CPU' : `sleeps in ${sleepsIn(holder)}`))}${since === undefined ? '' : `, for ${secondsInWords(since)}`}${letter === undefined ? '' : ` (state ${letter})`}.`,
  };
}
