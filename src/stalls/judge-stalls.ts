import type { Kernel } from '../kernel/kernel.js';
import { doorTo } from '../kernel/door-to.js';
import { asleepProblem } from '../endings/sleeper-in-words.js';
import { isIdleTask } from '../linux/sched/cpu-tasks.js';
import { toldTask } from '../linux/sched/tasks.js';
import { awaitsAnswer, keptBy, keptProblem } from '../endings/kept.js';
import { cpuContexts, sleepingContexts, type Activation, type Context } from '../locks/contexts.js';
import { lessSureByGaps } from '../kernel/less-sure-by-gaps.js';
import {
  cpuTold,
  labelOf,
  lockTold,
  placeTold,
  sinceAsleep,
  sinceOnCpu,
  sinceQueued,
} from '../locks/findings/waits-in-words.js';
import { conclude, findingKind, type Door, type Finding, type FindingKind } from '../words/finding.js';
import { count, duration, number, word } from '../words/known-facts.js';
import { told, toldList, type Told } from '../words/told.js';
import { gracePeriod, stallTimeout } from '../linux/rcu/grace-period.js';
import { limitInEvidence, timeLimit } from '../linux/time/time-limit.js';
import { contendedLocks } from '../locks/survey.js';
import { hungTasks, hungTaskTimeout } from '../locks/waits/hung-tasks.js';
import { watchdogResetTold } from './watchdog-reset.js';
import { cpuProgress, softlockupThreshold, type CpuProgress } from './watchdogs.js';
import { watchdogReports, type WatchdogReport } from '../linux/printk/watchdog-reports.js';
import { logStamp } from '../words/log-stamp.js';
import { counted } from '../words/quantity.js';

const stuckKind = findingKind({
  id: 'watchdog.stuck-cpu',
  meaning: 'CPUs have run the same task without a switch for longer than the soft lockup watchdog allows.',
  when: "the watchdog's work has not run there, or a task has waited for the CPU, for twice watchdog_thresh; or it took no tick in the kernel as long",
  moment: 'dump',
  step: 'certain',
});

const keptKind = findingKind({
  id: 'watchdog.kept-cpu',
  meaning:
    'A CPU has been in the kernel with one task while others waited for it, not yet for as long as the soft lockup watchdog allows.',
  when: 'the task has had it, and another has waited for it, for a fifth of that time or longer',
  moment: 'dump',
  step: 'likely',
});

const rcuKind = findingKind({
  id: 'watchdog.rcu-stall',
  meaning: 'A grace period of RCU does not end: which CPUs or readers it waits for.',
  when: 'it has run for longer than rcu_cpu_stall_timeout',
  moment: 'dump',
  step: 'certain',
});

const hungKind = findingKind({
  id: 'watchdog.hung-tasks',
  meaning: 'Tasks are in uninterruptible sleep for longer than the hung task watchdog allows.',
  when: 'they have slept for hung_task_timeout_secs or longer, 120 s where that is off, and no kill wakes them',
  moment: 'dump',
  step: 'certain',
});

/** Every kind of finding on who makes no progress. */
export const stallFindingKinds: readonly FindingKind[] = [stuckKind, keptKind, rcuKind, hungKind];

/** What the watchdogs would say at the moment of the dump: CPUs that are stuck, RCU's grace period, tasks that hang. */
export function stallFindings(kernel: Kernel): readonly Finding[] {
  return kernel.once('stall findings', () =>
    [stuckCpus, keptCpus, rcuStall, hung].flatMap((judge) =>
      lessSureByGaps(kernel, () => [judge(kernel)].filter((finding) => finding !== undefined)),
    ),
  );
}

/** What is listed one by one. */
const LISTED = 6;

function listed(parts: readonly (string | Told)[]): Told {
  const shown = parts.slice(0, LISTED);
  const more = told`${number('more', parts.length - LISTED, 'those that are not named here')} more`;
  return toldList(parts.length > LISTED ? [...shown, more] : shown);
}

/** Below what runs there because the kernel was dying. */
function ownPlace(kernel: Kernel, context: Context): Activation | undefined {
  return keptBy(kernel, context).activations[0];
}

function where(kernel: Kernel, context: Context, role: string): string | Told {
  const first = ownPlace(kernel, context);
  return first ? told`${placeTold(first, `${role}.in`)}` : 'unknown code';
}

/** Of a CPU, what it plays in a finding: "CPU 1". */
function cpuRole({ cpu }: Context): string {
  return `CPU ${cpu}`;
}

/** The first by name: the same problem has the same signature. */
function firstOf(names: readonly (string | undefined)[]): string {
  const [first = ''] = names.flatMap((name) => name ?? []).toSorted();
  return first;
}

function doors(contexts: readonly Context[]): Door[] {
  return contexts.flatMap(({ task }) => (task ? [doorTo(task)] : []));
}

function stuckCpus(kernel: Kernel): Finding | undefined {
  const stuck = cpuProgress(kernel).filter((progress) => progress.stuck);
  if (stuck.length === 0) return undefined;
  const free = stuck.filter(({ context }) => !waitsForLock(kernel, context));
  const answering = free.filter(({ context }) => awaitsAnswer(kernel, context));
  const own = stuck.filter((one) => !answering.includes(one));
  const isTold = own.length > 0 && answering.length > 0;
  const waiting = isTold ? told`; ${listed(answering.map((one) => awaitsTold(kernel, one)))}` : '';
  const name = firstOf(stuck.map(({ context }) => ownPlace(kernel, context)?.name));
  return conclude(
    stuckKind,
    {
      subject: { kind: 'cpus', name, cpus: stuck.flatMap(({ context }) => context.cpu ?? []) },
      problem: keptProblem(
        kernel,
        (free.length > 0 ? free : stuck).map(({ context }) => context),
      ),
      sentence: told`${listed((own.length > 0 ? own : stuck).map((one) => runsTold(kernel, one)))}${waiting}.`,
      evidence: [
        ...stuck.flatMap((progress) => progressInWords(kernel, progress)),
        ...limitInEvidence(softlockupThreshold, timeLimit(kernel, softlockupThreshold)),
        ...said(kernel, 'soft lockup', 'hard lockup'),
      ],
      doors: doors(stuck.map(({ context }) => context)),
    },
    free.length > 0 ? 'it waits for nobody' : 'it waits for a lock',
  );
}

/** "CPU 1 has run insmod (144) for 30.3 s without a switch, in acme_spin+0xe [acme]" */
function runsTold(kernel: Kernel, { context, sameTaskNs }: CpuProgress): Told {
  const role = cpuRole(context);
  const { cpu, task: runs } = context;
  if (isIdleTask(kernel, cpu, runs))
    return told`CPU ${cpuTold(cpu!, role)} has not come out of an interrupt over its idle task, in ${where(kernel, context, role)}`;
  const task = runs ? toldTask(kernel, runs, role) : 'the same task';
  const long = sameTaskNs === undefined ? '' : told` for ${duration(`${role}.same task`, sameTaskNs, sinceOnCpu)}`;
  return told`CPU ${cpuTold(cpu!, role)} has run ${task}${long} without a switch, in ${where(kernel, context, role)}`;
}

/** "CPU 0 (insmod (147)) waits for another CPU to answer, in smp_call_function_many_cond+0x345" */
function awaitsTold(kernel: Kernel, { context }: CpuProgress): Told {
  const role = cpuRole(context);
  return told`${labelOf(kernel, context, role)} waits for another CPU to answer, in ${where(kernel, context, role)}`;
}

/** Who waits for a lock is told with the lock. */
function waitsForLock(kernel: Kernel, context: Context): boolean {
  return contendedLocks(kernel).some(({ waits }) => waits.some(({ waiter }) => waiter === context));
}

/** CPUs that the watchdog gives time yet. */
function keptCpus(kernel: Kernel): Finding | undefined {
  const kept = cpuProgress(kernel).filter((one) => one.kept && !one.stuck && !waitsForLock(kernel, one.context));
  if (kept.length === 0) return undefined;
  const contexts = kept.map(({ context }) => context);
  const limit = timeLimit(kernel, softlockupThreshold);
  const allowed = duration('soft lockup', 2 * limit.ns, limit.unread ? 'the default' : softlockupThreshold.variable);
  const name = firstOf(contexts.map((context) => ownPlace(kernel, context)?.name));
  return conclude(keptKind, {
    subject: { kind: 'cpus', name, cpus: contexts.flatMap(({ cpu }) => cpu ?? []) },
    problem: keptProblem(kernel, contexts),
    sentence: told`${listed(kept.map((one) => runsTold(kernel, one)))}, while others waited; the soft lockup watchdog allows ${allowed}.`,
    evidence: [
      ...kept.flatMap((progress) => progressInWords(kernel, progress)),
      ...limitInEvidence(softlockupThreshold, limit),
    ],
    doors: doors(contexts),
  });
}

function progressInWords(
  kernel: Kernel,
  { context, sameTaskNs, softlockupNs, starved, clockAgeNs }: CpuProgress,
): Told[] {
  const role = cpuRole(context);
  const cpu = told`CPU ${cpuTold(context.cpu!, role)}`;
  const said: Told[] = [];
  if (softlockupNs !== undefined) {
    const isOfItsWork = kernel.findSymbol('watchdog_report_ts') !== undefined;
    said.push(watchdogResetTold(context.cpu!, role, { resetNs: softlockupNs, sameTaskNs, isOfItsWork }));
  }
  if (starved.length > 0) {
    const waiting = starved.map(({ task, forNs }, i) => {
      const name = `${role}.waiting ${i + 1}`;
      return told`${toldTask(kernel, task, name)} (${duration(`${name}.runnable`, forNs, sinceQueued)})`;
    });
    said.push(told`Waiting for ${cpu}: ${listed(waiting)}.`);
  }
  if (clockAgeNs !== undefined && clockAgeNs >= 1e9) {
    const age = duration(`${role}.no tick`, clockAgeNs, 'the latest clock − rq.clock');
    said.push(told`${cpu} has taken no tick for ${age}: its interrupts are off, or not delivered.`);
  }
  return said;
}

function rcuStall(kernel: Kernel): Finding | undefined {
  const period = gracePeriod(kernel);
  if (period?.forNs === undefined || !period.stalled) return undefined;
  const contexts = cpuContexts(kernel).filter(({ cpu }) => cpu !== undefined && period.waitsFor.includes(cpu));
  const waiting = sleepingContexts(kernel).filter(({ segments }) =>
    segments[0]?.activations.some(
      ({ name, frame }) =>
        frame.found !== 'scanned' &&
        /^(?:__wait_rcu_gp|synchronize_rcu|synchronize_rcu_expedited|rcu_barrier)$/.test(name),
    ),
  );
  const cpus = contexts.map((context) => {
    const role = cpuRole(context);
    const task = context.task ? toldTask(kernel, context.task, role) : 'unknown';
    return told`CPU ${cpuTold(context.cpu!, role)} (${task} in ${where(kernel, context, role)})`;
  });
  const readers = [...cpus, ...(period.readers ? ['readers that were preempted'] : [])];
  const waitsFor = readers.length === 0 ? 'its own thread' : listed(readers);
  const meanwhile = 'memory and whatever else is freed by RCU is not freed meanwhile';
  const name = word('grace period', period.name, 'rcu_state.name');
  const long = duration('grace period.running', period.forNs, 'jiffies − rcu_state.gp_start');
  return conclude(rcuKind, {
    subject: { kind: 'grace period', name: period.name, cpus: period.waitsFor },
    sentence: told`The RCU grace period of ${name} has run for ${long} and waits for ${waitsFor}; ${meanwhile}.`,
    evidence: [
      ...(period.waitsFor.length === 0
        ? []
        : [`rcu_node.qsmask: no quiescent state yet on CPU ${period.waitsFor.join(', ')}.`]),
      ...(waiting.length === 0
        ? []
        : [
            told`Waiting for it to end: ${listed(waiting.map((context, i) => labelOf(kernel, context, `waiter ${i + 1}`)))}.`,
          ]),
      ...limitInEvidence(stallTimeout, period.limit),
      ...said(kernel, 'RCU stall'),
    ],
    doors: doors([...contexts, ...waiting]),
  });
}

function hung(kernel: Kernel): Finding | undefined {
  const tasks = hungTasks(kernel);
  if (tasks.length === 0) return undefined;
  const waits = contendedLocks(kernel).flatMap(({ waits: own }) => own);
  const what = ({ context, asleepNs }: (typeof tasks)[number], i: number): Told => {
    const wait = waits.find(({ waiter }) => waiter === context);
    const role = `task ${i + 1}`;
    const long = duration(`${role}.asleep`, asleepNs, sinceAsleep);
    const forWhat = wait ? told`, for ${lockTold(wait.lock, `${role}.waits for`)}` : '';
    return told`${labelOf(kernel, context, role)} (${long}${forWhat})`;
  };
  const limit = timeLimit(kernel, hungTaskTimeout);
  const tooLong = duration('hung_task_timeout', limit.ns, limit.unread ? 'the default' : hungTaskTimeout.variable);
  const many = count('tasks', tasks.length, 'task', 'tasks in uninterruptible sleep without TASK_WAKEKILL');
  const have = tasks.length === 1 ? 'One task has' : told`${many} have`;
  const usual = limit.unread ? 'the default ' : '';
  return conclude(hungKind, {
    subject: {
      kind: 'tasks',
      name: firstOf(tasks.map(({ task }) => kernel.attempt('task_struct.comm', () => task.comm))),
      pids: tasks.flatMap(({ task }) => kernel.attempt('task_struct.pid', () => task.pid) ?? []),
    },
    problem: asleepProblem(
      kernel,
      tasks.map(({ task }) => task),
    ),
    sentence: told`${have} been in uninterruptible sleep for more than ${usual}${tooLong}: ${listed(tasks.map(what))}.`,
    evidence: [
      ...byPath(tasks.map(({ context }) => context)),
      ...limitInEvidence(hungTaskTimeout, limit),
      ...said(kernel, 'hung task'),
    ],
    doors: doors(tasks.map(({ context }) => context)),
  });
}

/** A line for each different stack, with those that have it. */
function byPath(contexts: readonly Context[]): string[] {
  const groups = new Map<string, string[]>();
  for (const context of contexts) {
    const key = path(context);
    groups.set(key, [...(groups.get(key) ?? []), context.label]);
  }
  const lines = [...groups].map(
    ([key, [first = '', ...more]]) => `${first}${more.length === 0 ? '' : ` and ${more.length} more`}: ${key}.`,
  );
  return lines.length > LISTED
    ? [...lines.slice(0, LISTED), `${counted(lines.length - LISTED, 'more stack')}.`]
    : lines;
}

/** A stack in one line, outermost function last; with "?" as in the kernel's own traces where it is not sure. */
function path({ segments }: Context): string {
  const names = segments.flatMap(({ activations }) =>
    activations.map(({ frame, name }) => `${frame.found === 'scanned' ? '? ' : ''}${name || '?'}`),
  );
  return names.length > 12 ? `${names.slice(0, 12).join(' ← ')} ← …` : names.join(' ← ');
}

/** The last of the kernel's own lines on the same. */
function said(kernel: Kernel, ...kinds: readonly WatchdogReport['kind'][]): string[] {
  const reports = watchdogReports(kernel).filter(({ kind }) => kinds.includes(kind));
  const last = reports.at(-1);
  if (last === undefined) return [];
  const stamp = last.record.timeNs === undefined ? '' : `[${logStamp(last.record.timeNs)}] `;
  const often = reports.length === 1 ? '' : ` ${reports.length} times, last`;
  return [`The kernel reported it${often}: ${stamp}${last.record.text}`];
}
