import { isGapError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Certainty } from '../certainty.js';
import { allContexts, contextOfTask, cpuContexts, type Activation } from '../contexts.js';
import type { Holding } from '../owners/holders.js';
import { secondsInWords } from '../../linux/sched/how-long.js';
import { cpusWaitedFor, gracePeriod, preemptedReaders } from '../../linux/rcu/grace-period.js';
import type { Lock } from '../wait.js';

/** Functions that wait for a grace period; in __wait_rcu_gp() one may also wait for one of tasks: its caller tells. */
const WAITS: ReadonlySet<string> = new Set(['synchronize_rcu_normal', 'synchronize_rcu']);
const CALLERS: ReadonlySet<string> = new Set(['synchronize_rcu', 'synchronize_rcu_normal', 'cond_synchronize_rcu', 'synchronize_rcu_expedited']);
/** Those that wait for an expedited one, on a wait queue; the worker that drives it waits in the others. */
const EXPEDITED: ReadonlySet<string> = new Set(['synchronize_rcu_expedited', 'exp_funnel_lock', 'synchronize_rcu_expedited_wait', 'synchronize_rcu_expedited_wait_once', 'rcu_exp_wait_wake', 'rcu_exp_sel_wait_wake']);

export type GracePeriodKind = 'RCU grace period' | 'expedited RCU grace period';

/** The grace period that a completion stands for, where the functions that wait for it say so. */
export function gracePeriodBehind(kernel: Kernel, activations: readonly Activation[], takerIndex: number): Lock | undefined {
  const [taker, caller] = [activations[takerIndex]?.name, activations[takerIndex + 1]?.name];
  if (taker === undefined) return undefined;
  const ofRcu = taker === '__wait_rcu_gp' ? caller !== undefined && CALLERS.has(caller) : WAITS.has(taker);
  return ofRcu ? lockOf(kernel, 'RCU grace period') : undefined;
}

/** The expedited grace period that a task on a wait queue of RCU's waits for. */
export function expeditedBehind(kernel: Kernel, activations: readonly Activation[]): Lock | undefined {
  return activations.some(({ name, frame }) => frame.found !== 'scanned' && EXPEDITED.has(name)) ? lockOf(kernel, 'expedited RCU grace period') : undefined;
}

function lockOf(kernel: Kernel, kind: GracePeriodKind): Lock | undefined {
  const period = gracePeriod(kernel);
  const address = kernel.symbols.addressOf('rcu_state');
  if (period === undefined || address === undefined) return undefined;
  return { kind, address, name: { text: `the ${kind} of ${period.name}`, about: `${kind} of ${period.name}`, known: true } };
}

/** "running, for 15.8 s" */
export function gracePeriodInWords(kernel: Kernel, kind: GracePeriodKind): string {
  const period = gracePeriod(kernel);
  if (period === undefined) return '';
  if (kind === 'expedited RCU grace period') {
    const keeping = readable(kernel, () => cpusWaitedFor(kernel, 'expedited').length + preemptedReaders(kernel, 'expedited').length);
    return keeping === undefined ? '' : keeping > 0 ? 'running' : 'kept by nobody at this moment';
  }
  if (!period.running) return 'not running at this moment';
  return `running${period.forNs === undefined ? '' : `, for ${secondsInWords(period.forNs)}`}`;
}

/** A grace period that runs for less ends as they all do. */
const SLOW_NS = 1e9;

/** Who keeps it from ending: CPUs without a quiescent state, readers that were preempted. */
export function gracePeriodHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  if (lock.kind === 'expedited RCU grace period') return keepers(kernel, lock, 'expedited');
  const period = gracePeriod(kernel);
  if (period === undefined) return [];
  if (!period.running) return driver(kernel, lock, 'possible', 'no grace period runs, so that its own thread has to begin one, or callbacks of the last have not run');
  if (period.forNs === undefined || period.forNs < SLOW_NS) return [];
  if (period.waitsFor.length === 0 && !period.readers) return driver(kernel, lock, 'likely', 'no CPU and no reader keeps it from ending, so that its own thread has to go on');
  return keepers(kernel, lock, 'normal');
}

function keepers(kernel: Kernel, lock: Lock, kind: 'normal' | 'expedited'): readonly Holding[] {
  const found = readable(kernel, () => ({ cpus: cpusWaitedFor(kernel, kind), readers: new Set(preemptedReaders(kernel, kind)) }));
  if (found === undefined) return [];
  const [mask, tasks] = kind === 'normal' ? ['qsmask', 'gp_tasks'] : ['expmask', 'exp_tasks'];
  const cpus = cpuContexts(kernel).filter(({ cpu }) => cpu !== undefined && found.cpus.includes(cpu));
  const readers = allContexts(kernel).filter(({ task }) => task !== undefined && found.readers.has(task.$address));
  return [
    ...cpus.map((holder): Holding => ({ lock, holder, certainty: 'certain', evidence: [`rcu_node.${mask} says that CPU ${holder.cpu} has not been through a quiescent state since it began`] })),
    ...readers.map((holder): Holding => ({ lock, holder, certainty: 'certain', evidence: [`rcu_node.${tasks} leads to ${holder.label}, which was preempted within a reader`] })),
  ];
}

/** Where nobody keeps it from ending, it is the thread that begins and ends grace periods. */
function driver(kernel: Kernel, lock: Lock, certainty: Certainty, why: string): readonly Holding[] {
  const thread = gracePeriod(kernel)?.thread?.$address;
  const holder = thread === undefined ? undefined : contextOfTask(kernel, thread);
  return holder === undefined ? [] : [{ lock, holder, certainty, evidence: [`${why}: ${holder.label}`] }];
}

function readable<T>(kernel: Kernel, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isGapError(error)) throw error;
    kernel.gap('who keeps RCU from ending a grace period', error.message);
    return undefined;
  }
}
