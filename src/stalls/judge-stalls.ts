import type { Kernel } from '../kernel/kernel.js';
import { taskLabel } from '../linux/sched/tasks.js';
import { activationInWords, cpuContexts, sleepingContexts, type Context } from '../locks/contexts.js';
import { secondsInWords } from '../linux/sched/how-long.js';
import type { Finding } from '../locks/findings/finding.js';
import { judgedByWhatWasRead } from '../locks/findings/judged-by-what-was-read.js';
import { gracePeriod, stallTimeout } from '../linux/rcu/grace-period.js';
import { limitInEvidence, timeLimit } from '../linux/time/time-limit.js';
import { contendedLocks } from '../locks/survey.js';
import {
  cpuProgress,
  hungTasks,
  softlockupThreshold,
  hungTaskTimeout,
  watchdogReports,
  type CpuProgress,
  type WatchdogReport,
} from './watchdogs.js';
import { logStamp } from '../words/log-stamp.js';
import { counted } from '../words/quantity.js';

/** What the watchdogs would say at the moment of the dump: CPUs that are stuck, RCU's grace period, tasks that hang. */
export function stallFindings(kernel: Kernel): readonly Finding[] {
  return kernel.once('stall findings', () =>
    [stuckCpus, rcuStall, hung].flatMap((judge) =>
      judgedByWhatWasRead(kernel, () => [judge(kernel)].filter((finding) => finding !== undefined)),
    ),
  );
}

/** What is listed one by one. */
const LISTED = 6;

function listed(parts: readonly string[]): string {
  const shown = parts.slice(0, LISTED);
  const all = parts.length > LISTED ? [...shown, `${parts.length - LISTED} more`] : shown;
  return all.length <= 1 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function where({ segments }: Context): string {
  const first = segments[0]?.activations[0];
  return first ? activationInWords(first) : "code that can't be told";
}

/** The first by name: the same problem has the same signature. */
function firstOf(names: readonly (string | undefined)[]): string {
  const [first = ''] = names.flatMap((name) => name ?? []).toSorted();
  return first;
}

function doors(contexts: readonly Context[]): Finding['doors'] {
  return contexts.flatMap(({ task }) => (task ? [{ type: 'struct task_struct', address: task.$address }] : []));
}

function stuckCpus(kernel: Kernel): Finding | undefined {
  const stuck = cpuProgress(kernel).filter((progress) => progress.stuck);
  if (stuck.length === 0) return undefined;
  const sentences = stuck.map(
    ({ context, sameTaskNs }) =>
      `CPU ${context.cpu} has run ${context.task ? taskLabel(kernel, context.task) : 'the same task'}${sameTaskNs === undefined ? '' : ` for ${secondsInWords(sameTaskNs)}`} without a switch, in ${where(context)}`,
  );
  return {
    id: 'watchdog.stuck-cpu',
    weight: 65,
    certainty: 'certain',
    moment: 'dump',
    about: firstOf(stuck.map(({ context }) => context.segments[0]?.activations[0]?.name)),
    sentence: `${listed(sentences)}.`,
    evidence: [
      ...stuck.flatMap((progress) => progressInWords(kernel, progress)),
      ...limitInEvidence(softlockupThreshold, timeLimit(kernel, softlockupThreshold)),
      ...said(kernel, 'soft lockup', 'hard lockup'),
    ],
    doors: doors(stuck.map(({ context }) => context)),
  };
}

function progressInWords(kernel: Kernel, { context, softlockupNs, starved, clockAgeNs }: CpuProgress): string[] {
  const cpu = `CPU ${context.cpu}`;
  return [
    ...(softlockupNs === undefined
      ? []
      : [`The soft lockup watchdog's work last ran on ${cpu} some ${secondsInWords(softlockupNs)} ago.`]),
    ...(starved.length === 0
      ? []
      : [
          `For ${cpu} wait ${listed(starved.map(({ task, forNs }) => `${taskLabel(kernel, task)} (${secondsInWords(forNs)})`))}.`,
        ]),
    ...(clockAgeNs === undefined || clockAgeNs < 1e9
      ? []
      : [`${cpu} has taken no tick for ${secondsInWords(clockAgeNs)}: its interrupts are off, or not delivered.`]),
  ];
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
  const cpus = contexts.map(
    (context) =>
      `CPU ${context.cpu} (${context.task ? taskLabel(kernel, context.task) : 'unknown'} in ${where(context)})`,
  );
  const for_ = [...cpus, ...(period.readers ? ['readers that were preempted'] : [])];
  return {
    id: 'watchdog.rcu-stall',
    weight: 55,
    certainty: 'certain',
    moment: 'dump',
    about: period.name,
    sentence: `The RCU grace period of ${period.name} has run for ${secondsInWords(period.forNs)} and waits for ${for_.length === 0 ? 'its own thread' : listed(for_)}; memory and whatever else is freed by RCU is not freed meanwhile.`,
    evidence: [
      ...(period.waitsFor.length === 0
        ? []
        : [`rcu_node.qsmask: no quiescent state yet on CPU ${period.waitsFor.join(', ')}.`]),
      ...(waiting.length === 0 ? [] : [`Waiting for it to end: ${listed(waiting.map(({ label }) => label))}.`]),
      ...limitInEvidence(stallTimeout, period.limit),
      ...said(kernel, 'RCU stall'),
    ],
    doors: doors([...contexts, ...waiting]),
  };
}

function hung(kernel: Kernel): Finding | undefined {
  const tasks = hungTasks(kernel);
  if (tasks.length === 0) return undefined;
  const waits = contendedLocks(kernel).flatMap(({ waits: own }) => own);
  const what = ({ context, asleepNs }: (typeof tasks)[number]): string => {
    const wait = waits.find(({ waiter }) => waiter === context);
    return `${context.label} (${secondsInWords(asleepNs)}${wait ? `, for ${wait.lock.name.text}` : ''})`;
  };
  const limit = timeLimit(kernel, hungTaskTimeout);
  return {
    id: 'watchdog.hung-tasks',
    weight: 45,
    certainty: 'certain',
    moment: 'dump',
    about: firstOf(tasks.map(({ task }) => kernel.attempt('task_struct.comm', () => task.comm))),
    sentence: `${tasks.length === 1 ? 'One task has' : `${tasks.length} tasks have`} been in uninterruptible sleep for more than ${limit.unread ? 'the usual ' : ''}${secondsInWords(limit.ns)}: ${listed(tasks.map(what))}.`,
    evidence: [
      ...byPath(tasks.map(({ context }) => context)),
      ...limitInEvidence(hungTaskTimeout, limit),
      ...said(kernel, 'hung task'),
    ],
    doors: doors(tasks.map(({ context }) => context)),
  };
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
  return [
    `The kernel said so ${reports.length === 1 ? 'once' : `${reports.length} times`}, last: ${stamp}${last.record.text}`,
  ];
}
