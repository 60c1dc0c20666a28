import type { Kernel } from '../../kernel/kernel.js';
import type { Certainty } from '../../words/certainty.js';
import { allContexts, contextOfTask, cpuContexts, type Activation } from '../contexts.js';
import { secondsInWords } from '../../words/quantity.js';
import { cpusWaitedFor, gracePeriod, preemptedReaders } from '../../linux/rcu/grace-period.js';
import type { Holding, Lock, LockKind } from '../lock-kind.js';

/** Functions that wait for a grace period; in __wait_rcu_gp() one may also wait for one of tasks: its caller tells. */
const WAITS: ReadonlySet<string> = new Set(['synchronize_rcu_normal', 'synchronize_rcu']);
const CALLERS: ReadonlySet<string> = new Set([
  'synchronize_rcu',
  'synchronize_rcu_normal',
  'cond_synchronize_rcu',
  'synchronize_rcu_expedited',
]);
/** Those that wait for an expedited one, on a wait queue; the worker that drives it waits in the others. */
const EXPEDITED: ReadonlySet<string> = new Set([
  'synchronize_rcu_expedited',
  'exp_funnel_lock',
  'synchronize_rcu_expedited_wait',
  'synchronize_rcu_expedited_wait_once',
  'rcu_exp_wait_wake',
  'rcu_exp_sel_wait_wake',
]);

/** A grace period of RCU: no lock, and waited for all the same. kernel/rcu/tree.c. */
export const rcuGracePeriod: LockKind = {
  name: 'RCU grace period',
  event: true,
  words: gracePeriodInWords,
  behindCompletion: (kernel, _, activations, takerIndex) => gracePeriodBehind(kernel, activations, takerIndex),
  holders: gracePeriodHolders,
  // A stall of RCU is a finding of the watchdogs.
  toldElsewhere: (kernel) => gracePeriod(kernel)?.stalled === true,
};

/** An expedited grace period of RCU. kernel/rcu/tree_exp.h. */
export const expeditedGracePeriod: LockKind = {
  name: 'expedited RCU grace period',
  event: true,
  words: expeditedInWords,
  behindQueue: expeditedBehind,
  holders: (kernel, lock) => keepers(kernel, lock, 'expedited'),
};

/** The grace period that a completion stands for, where the functions that wait for it say so. */
function gracePeriodBehind(kernel: Kernel, activations: readonly Activation[], takerIndex: number): Lock | undefined {
  const [taker, caller] = [activations[takerIndex]?.name, activations[takerIndex + 1]?.name];
  if (taker === undefined) return undefined;
  const ofRcu = taker === '__wait_rcu_gp' ? caller !== undefined && CALLERS.has(caller) : WAITS.has(taker);
  return ofRcu ? lockOf(kernel, rcuGracePeriod) : undefined;
}

/** The expedited grace period that a task on a wait queue of RCU's waits for. */
function expeditedBehind(kernel: Kernel, activations: readonly Activation[]): Lock | undefined {
  return activations.some(({ name, frame }) => frame.found !== 'scanned' && EXPEDITED.has(name))
    ? lockOf(kernel, expeditedGracePeriod)
    : undefined;
}

function lockOf(kernel: Kernel, kind: LockKind): Lock | undefined {
  const period = gracePeriod(kernel);
  const address = kernel.findSymbol('rcu_state');
  if (period === undefined || address === undefined) return undefined;
  return {
    kind,
    address,
    name: { text: `the ${kind.name} of ${period.name}`, about: `${kind.name} of ${period.name}`, known: true },
  };
}

/** "running, for 15.8 s" */
function gracePeriodInWords(kernel: Kernel): string {
  const period = gracePeriod(kernel);
  if (period === undefined) return '';
  if (!period.running) return 'not running at this moment';
  return `running${period.forNs === undefined ? '' : `, for ${secondsInWords(period.forNs)}`}`;
}

const KEEPERS = 'who keeps RCU from ending a grace period';

function expeditedInWords(kernel: Kernel): string {
  if (gracePeriod(kernel) === undefined) return '';
  const keeping = kernel.attempt(
    KEEPERS,
    () => cpusWaitedFor(kernel, 'expedited').length + preemptedReaders(kernel, 'expedited').length,
  );
  return keeping === undefined ? '' : keeping > 0 ? 'running' : 'held up by no CPU and no reader at this moment';
}

/** A grace period that runs for less ends as they all do. */
const SLOW_NS = 1e9;

/** Who keeps it from ending: CPUs without a quiescent state, readers that were preempted. */
export function gracePeriodHolders(kernel: Kernel, lock: Lock): readonly Holding[] {
  const period = gracePeriod(kernel);
  if (period === undefined) return [];
  if (!period.running)
    return driver(
      kernel,
      lock,
      'possible',
      'no grace period runs, so that its own thread has to begin one, or callbacks of the last have not run',
    );
  if (period.forNs === undefined || period.forNs < SLOW_NS) return [];
  if (period.waitsFor.length === 0 && !period.readers)
    return driver(
      kernel,
      lock,
      'likely',
      'no CPU and no reader keeps it from ending, so that its own thread has to proceed',
    );
  return keepers(kernel, lock, 'normal');
}

function keepers(kernel: Kernel, lock: Lock, kind: 'normal' | 'expedited'): readonly Holding[] {
  const found = kernel.attempt(KEEPERS, () => ({
    cpus: cpusWaitedFor(kernel, kind),
    readers: new Set(preemptedReaders(kernel, kind)),
  }));
  if (found === undefined) return [];
  const [mask, tasks] = kind === 'normal' ? ['qsmask', 'gp_tasks'] : ['expmask', 'exp_tasks'];
  const cpus = cpuContexts(kernel).filter(({ cpu }) => cpu !== undefined && found.cpus.includes(cpu));
  const readers = allContexts(kernel).filter(({ task }) => task !== undefined && found.readers.has(task.$address));
  return [
    ...cpus.map((holder): Holding => ({
      lock,
      holder,
      certainty: 'certain',
      evidence: [`rcu_node.${mask} says that CPU ${holder.cpu} has not been through a quiescent state since it began`],
    })),
    ...readers.map((holder): Holding => ({
      lock,
      holder,
      certainty: 'certain',
      evidence: [`rcu_node.${tasks} leads to ${holder.label}, which was preempted within a reader`],
    })),
  ];
}

/** Where nobody keeps it from ending, it is the thread that begins and ends grace periods. */
function driver(kernel: Kernel, lock: Lock, certainty: Certainty, why: string): readonly Holding[] {
  const thread = gracePeriod(kernel)?.thread?.$address;
  const holder = thread === undefined ? undefined : contextOfTask(kernel, thread);
  return holder === undefined ? [] : [{ lock, holder, certainty, evidence: [`${why}: ${holder.label}`] }];
}
