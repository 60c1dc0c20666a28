import { taskLabel } from '../linux/tasks.js';
import { taskState } from '../linux/task-state.js';
import type { Kernel } from '../kernel/kernel.js';
import { weakest } from './certainty.js';
import { activationInWords, type Context } from './contexts.js';
import type { Finding } from './finding.js';
import { asleepNs, onCpuNs, secondsInWords } from './how-long.js';
import { selfDeadlockStory } from './self-deadlock.js';
import { contendedLocks, type ContendedLock, type QueuedWait } from './survey.js';
import type { Lock } from './wait.js';
import { contextId, waitGraph, type Cycle, type WaitGraph } from './wait-graph.js';

/** A conclusion on locks. */
export interface LockFinding extends Finding {
  readonly id: 'lock.self-deadlock' | 'lock.deadlock' | 'lock.owner-sleeps' | 'lock.sleeps-with-spinlock' | 'lock.stuck-owner' | 'lock.owner-exited' | 'lock.frozen' | 'lock.owner-unknown';
}

/** A lock that is waited for this long is why somebody looks at the dump; below it is contention as it comes and goes. */
const STUCK_NS = 5e9;

/** What the locks of the moment say: deadlocks first, then owners that everybody waits for. */
export function lockFindings(kernel: Kernel): readonly LockFinding[] {
  return kernel.once('lock findings', () => {
    const locks = contendedLocks(kernel);
    const graph = waitGraph(locks);
    const inCycle = new Set(graph.cycles.flatMap(({ links }) => links.map(({ lock }) => lock)));
    return [
      ...graph.cycles.map((cycle) => (cycle.links.length === 1 ? selfDeadlock(kernel, cycle) : deadlock(kernel, cycle))),
      ...locks.filter((lock) => !inCycle.has(lock)).flatMap((lock) => withoutCycle(kernel, lock, graph) ?? []),
    ].map((finding) => ({ ...finding, moment: 'dump' as const }));
  });
}

type Judged = Omit<LockFinding, 'moment'>;

function selfDeadlock(kernel: Kernel, cycle: Cycle): Judged {
  const [{ wait, lock, holding }] = cycle.links as [Cycle['links'][number]];
  const { sentence, evidence } = selfDeadlockStory(kernel, wait, lock, holding);
  return {
    id: 'lock.self-deadlock', weight: 95, certainty: holding.certainty, sentence, evidence: [...evidence, ...behind(lock, [wait])],
    about: lock.lock.name.about, doors: doorsOf([lock], [wait.waiter]),
  };
}

function deadlock(kernel: Kernel, { links }: Cycle): Judged {
  const steps = links.map(({ wait, lock, holding }) => `${labelOf(kernel, wait.waiter)} waits for ${lock.lock.name.text}, which ${labelOf(kernel, holding.holder)} has`);
  const evidence = links.flatMap(({ wait, lock, holding }) => [
    waitInWords(kernel, wait, lock),
    `${stateOf(lock)}: ${holding.evidence.join('; ')}.`,
    ...behind(lock, [wait]),
  ]);
  return {
    id: 'lock.deadlock', weight: 90, certainty: weakest(...links.map(({ holding }) => holding.certainty)),
    sentence: `Deadlock of ${links.length}: ${steps.join('; ')}. None of them can go on.`,
    evidence, about: links.map(({ lock }) => lock.lock.name.about).toSorted().join(', '), doors: doorsOf(links.map(({ lock }) => lock), links.map(({ wait }) => wait.waiter)),
  };
}

/** A lock whose holder is no waiter of a circle: it is told where it makes others wait for long. */
function withoutCycle(kernel: Kernel, lock: ContendedLock, graph: WaitGraph): Judged | undefined {
  const { kind, name } = lock.lock;
  if (kind === 'completion' || kind === 'wait queue') return undefined;
  const longest = Math.max(0, ...lock.waits.map((wait) => waitedNs(kernel, wait) ?? 0));
  const stuck = longest >= STUCK_NS;
  const [holding] = lock.holders;
  const state = `${stateOf(lock)}.`;
  const evidence = [
    ...(holding ? [`${sentenceCase(holding.evidence.join('; '))}.`] : []),
    ...lock.waits.slice(0, NAMED).map((wait) => waitInWords(kernel, wait, lock)),
    ...(lock.waits.length > NAMED ? [`${lock.waits.length - NAMED} more wait for it.`] : []),
    ...lock.remarks,
  ];
  const common = { evidence: [state, ...evidence], about: name.about, doors: doorsOf([lock], [...lock.waits.map(({ waiter }) => waiter), ...(holding ? [holding.holder] : [])]) };
  const who = waitersInWords(kernel, lock.waits);
  const long = longest > 0 ? `, for up to ${secondsInWords(longest)}` : '';
  if (holding === undefined && lock.exited !== undefined) {
    const gone = `The lock's owner word names ${lock.exited}, which is in no list of tasks; its task_struct says that it is dead.`;
    return {
      id: 'lock.owner-exited', weight: 85, certainty: 'likely', ...common,
      sentence: `${who} for ${name.text}${long}: ${lock.exited} took it and has exited without letting it go, so that nobody will.`,
      evidence: [state, gone, ...evidence],
    };
  }
  if (holding === undefined && lock.frozen !== undefined) {
    if (!stuck) return undefined;
    const { system, complete } = lock.frozen;
    const why = complete ? 'it is frozen, so that whoever writes to it waits until it is thawed' : 'it is being frozen, which waits for those that still write to it, and others wait behind that';
    return {
      id: 'lock.frozen', weight: 75, certainty: 'certain', ...common, about: `${system.type} ${name.about}`,
      sentence: `${who} to write to ${system.text}${long}: ${why}.`,
      evidence: [state, `${lock.frozen.evidence}.`, ...evidence],
    };
  }
  if (holding === undefined) {
    if (!stuck) return undefined;
    return { id: 'lock.owner-unknown', weight: 40, certainty: 'possible', sentence: `${who} for ${name.text}${long}; who has it can't be told${unnamed(kind)}.`, ...common };
  }
  const { holder, certainty } = holding;
  const label = labelOf(kernel, holder);
  if (holder.cpu !== undefined) {
    const since = holder.task === undefined ? undefined : onCpuNs(kernel, holder.task);
    if (!stuck && (since ?? 0) < STUCK_NS) return undefined;
    const doing = holder.segments[0]?.activations[0];
    return {
      id: 'lock.stuck-owner', weight: 80, certainty,
      sentence: `${who} for ${name.text}${long}: ${label} has it and does not let it go; it is in ${doing ? activationInWords(doing) : 'code that can\'t be told'}${since === undefined ? '' : ` and has had its CPU for ${secondsInWords(since)}`}.`,
      ...common,
    };
  }
  const sleeps = holder.task && asleepNs(kernel, holder.task);
  const alsoWaits = graph.edges.find(({ from, label: edge }) => from === contextId(holder) && /for/.test(edge));
  const next = alsoWaits && graph.nodes.get(alsoWaits.to)?.label;
  const what = next === undefined ? `sleeps in ${sleepsIn(holder)}` : `itself waits for ${next}`;
  const letter = holder.task ? kernel.attempt('task_struct.__state', () => taskState(holder.task!).letter) : undefined;
  const spinning = lock.waits.some((wait) => wait.spinning);
  if (!stuck && !spinning) return undefined;
  return {
    id: spinning ? 'lock.sleeps-with-spinlock' : 'lock.owner-sleeps', weight: spinning ? 85 : 70, certainty,
    sentence: `${who} for ${name.text}${long}: ${label} has it and ${what}${sleeps === undefined ? '' : `, for ${secondsInWords(sleeps)}`}${letter === undefined ? '' : ` (state ${letter})`}.`,
    ...common,
  };
}

function stateOf({ lock: { name }, state }: ContendedLock): string {
  return state === '' ? `What ${name.text} says of itself can't be read` : `${name.text} is ${state}`;
}

/** Why nobody is named, where that is the kind's own way. */
function unnamed(kind: Lock['kind']): string {
  if (kind === 'page bit') return ': a bit of a page does not name who set it';
  if (kind === 'semaphore') return ': a semaphore does not name those who took it';
  return kind === 'percpu-rwsem' ? ': a percpu-rwsem names neither its readers nor a writer that is in' : '';
}

/** The innermost function of a sleeper that is not the scheduler's. */
function sleepsIn({ segments }: Context): string {
  const own = segments[0]?.activations.find(({ name }) => !/^_*(?:io_)?schedule(?:_|$)|^context_switch$|^__switch_to/.test(name));
  return own ? activationInWords(own) : 'the scheduler';
}

function labelOf(kernel: Kernel, { task, label, cpu }: Context): string {
  if (task === undefined) return label;
  return cpu === undefined ? taskLabel(kernel, task) : `CPU ${cpu} (${taskLabel(kernel, task)})`;
}

/** Waiters that are named one by one. */
const NAMED = 4;

function waitersInWords(kernel: Kernel, waits: readonly QueuedWait[]): string {
  const names = waits.slice(0, NAMED).map(({ waiter }) => labelOf(kernel, waiter));
  const more = waits.length > NAMED ? [`${waits.length - NAMED} more`] : [];
  const all = [...names, ...more];
  const list = all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  return `${list} ${waits.length === 1 ? 'waits' : 'wait'}`;
}

export function waitInWords(kernel: Kernel, wait: QueuedWait, { lock }: ContendedLock): string {
  const time = waitedNs(kernel, wait);
  const mode = wait.mode === undefined ? '' : ` for ${wait.mode === 'read' ? 'reading' : 'writing'}`;
  const taker = wait.taker ? ` in ${activationInWords(wait.taker)}` : '';
  const place = wait.place === undefined ? '' : `, ${/^\d/.test(wait.place) ? `number ${wait.place} in its queue` : wait.place}`;
  return `${labelOf(kernel, wait.waiter)} ${wait.spinning ? 'spins' : 'waits'} for ${lock.name.text}${mode}${taker}${place}${time === undefined ? '' : `, for ${secondsInWords(time)}`}: ${wait.how.join('; ')}.`;
}

/** A spinning CPU has waited at most as long as its task has run; a sleeper has slept just so long. */
export function waitedNs(kernel: Kernel, { waiter: { task }, spinning }: QueuedWait): number | undefined {
  if (task === undefined) return undefined;
  return spinning ? onCpuNs(kernel, task) : asleepNs(kernel, task);
}

function behind({ lock, waits }: ContendedLock, inside: readonly QueuedWait[]): string[] {
  const others = waits.filter((wait) => !inside.includes(wait));
  return others.length === 0 ? [] : [`Behind it, for ${lock.name.text}: ${others.slice(0, NAMED).map(({ waiter }) => waiter.label).join(', ')}${others.length > NAMED ? ` and ${others.length - NAMED} more` : ''}.`];
}

function doorsOf(locks: readonly ContendedLock[], contexts: readonly Context[]): { type: string; address: bigint }[] {
  const type = { spinlock: 'struct raw_spinlock', rwlock: 'struct qrwlock', mutex: 'struct mutex', rwsem: 'struct rw_semaphore', semaphore: 'struct semaphore', rtmutex: 'struct rt_mutex', 'percpu-rwsem': 'struct percpu_rw_semaphore', completion: 'struct completion', 'page bit': 'struct page', 'wait queue': 'struct wait_queue_head' };
  return [
    ...locks.map(({ lock }) => ({ type: type[lock.kind], address: lock.address })),
    ...contexts.flatMap(({ task }) => (task ? [{ type: 'struct task_struct', address: task.$address }] : [])),
  ];
}

export function sentenceCase(text: string): string {
  // Names of functions keep their own case.
  return /^(?:the|on|what) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
