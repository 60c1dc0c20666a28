import { isGapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Certainty } from './certainty.js';
import { cpuContexts, sleepingContexts, type Activation } from './contexts.js';
import type { Holding } from './holders.js';
import { secondsInWords } from './how-long.js';
import { gracePeriod, preemptedReaders } from './rcu.js';
import type { Lock } from './wait.js';

/** Functions that wait for a grace period; in __wait_rcu_gp() one may also wait for one of tasks: its caller tells. */
const WAITS: ReadonlySet<string> = new Set(['synchronize_rcu_normal', 'synchronize_rcu']);
const CALLERS: ReadonlySet<string> = new Set(['synchronize_rcu', 'synchronize_rcu_normal', 'cond_synchronize_rcu']);

/** The grace period that a completion stands for, where the functions that wait for it say so. */
export function gracePeriodBehind(kernel: Kernel, activations: readonly Activation[], takerIndex: number): Lock | undefined {
  const [taker, caller] = [activations[takerIndex]?.name ?? '', activations[takerIndex + 1]?.name ?? ''];
  const ofRcu = taker === '__wait_rcu_gp' ? CALLERS.has(caller) : WAITS.has(taker);
  const address = kernel.symbols.addressOf('rcu_state');
  const period = ofRcu ? gracePeriod(kernel) : undefined;
  if (period === undefined || address === undefined) return undefined;
  return { kind: 'RCU grace period', address, name: { text: `the RCU grace period of ${period.name}`, about: `RCU grace period of ${period.name}`, known: true } };
}

/** "running, for 15.8 s" */
export function gracePeriodInWords(kernel: Kernel): string {
  const period = gracePeriod(kernel);
  if (period === undefined) return '';
  if (!period.running) return 'not running at this moment';
  return `running${period.forNs === undefined ? '' : `, for ${secondsInWords(period.forNs)}`}`;
}

/** A grace period that runs for less ends as they all do. */
const SLOW_NS = 1e9;

/** Who keeps it from ending: CPUs without a quiescent state, readers that were preempted. */
export function gracePeriodHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  const period = gracePeriod(kernel);
  if (period === undefined) return [];
  if (!period.running) return driver(kernel, lock, 'possible', 'no grace period runs, so that its own thread has to begin one, or callbacks of the last have not run');
  if ((period.forNs ?? 0) < SLOW_NS) return [];
  const cpus = cpuContexts(kernel).filter(({ cpu }) => cpu !== undefined && period.waitsFor.includes(cpu));
  if (period.waitsFor.length === 0 && !period.readers) return driver(kernel, lock, 'likely', 'no CPU and no reader keeps it from ending, so that its own thread has to go on');
  const readers = new Set(preemptedReadersOf(kernel));
  const tasks = [...cpuContexts(kernel), ...sleepingContexts(kernel)].filter(({ task }) => task !== undefined && readers.has(task.$address));
  return [
    ...cpus.map((holder): Holding => ({ lock, holder, certainty: 'certain', evidence: [`rcu_node.qsmask says that CPU ${holder.cpu} has not been through a quiescent state since it began`] })),
    ...tasks.map((holder): Holding => ({ lock, holder, certainty: 'certain', evidence: [`rcu_node.gp_tasks leads to ${holder.label}, which was preempted within a reader`] })),
  ];
}

/** Where nobody keeps it from ending, it is the thread that begins and ends grace periods. */
function driver(kernel: Kernel, lock: Lock, certainty: Certainty, why: string): readonly Holding[] {
  const thread = gracePeriod(kernel)?.thread?.$address;
  const holder = [...cpuContexts(kernel), ...sleepingContexts(kernel)].find(({ task }) => task !== undefined && task.$address === thread);
  return holder === undefined ? [] : [{ lock, holder, certainty, evidence: [`${why}: ${holder.label}`] }];
}

function preemptedReadersOf(kernel: Kernel): readonly bigint[] {
  try {
    return preemptedReaders(kernel);
  } catch (error) {
    if (!isGapError(error)) throw error;
    kernel.gap('readers of RCU that were preempted', error.message);
    return [];
  }
}
