import { endingOf } from '../endings/ending.js';
import { firstOopsPlace } from '../endings/oopsed-in-words.js';
import { dieCounter, warnCount } from '../linux/machine/counters.js';
import type { Kernel } from '../kernel/kernel.js';
import { panicOf } from '../linux/machine/panic.js';
import { kernelTaints } from '../linux/machine/taint.js';
import { gracePeriod } from '../linux/rcu/grace-period.js';
import { latestNs } from '../linux/sched/how-long.js';
import { isKernelThread } from '../linux/sched/task-state.js';
import { hungTasks } from '../locks/waits/hung-tasks.js';
import { cpuProgress } from '../stalls/watchdogs.js';
import { defined } from '../words/defined.js';
import { counted } from '../words/quantity.js';
import { kernelTime } from '../linux/time/time.js';
import { recoveredErrors } from '../linux/machine/recovered-errors.js';
import { statusInLog, unloggedChecks } from './machine-check-events.js';
import { eventNames, type EventName } from './event-names.js';
import type { TimelineEvent } from './event.js';

/** What memory knows of a machine's life beside its log, given what the log has. */
export function eventsOfMemory(kernel: Kernel, logged: readonly TimelineEvent[]): readonly TimelineEvent[] {
  return [
    ...untold(kernel, logged),
    ...hardwareErrors(kernel, logged),
    ...taskStart(kernel),
    ...theEnd(kernel, logged),
  ];
}

function ofMemory(kind: EventName, said: Pick<TimelineEvent, 'what'> & Partial<TimelineEvent>): TimelineEvent {
  return { kind, gravity: eventNames[kind][1], witness: 'memory', boot: 0, about: said.what, ...said };
}

/** Taints that an event leaves, with the kinds that do. */
const leftBy: readonly (readonly [letter: string, kinds: readonly EventName[]])[] = [
  ['D', ['oops', 'bug']],
  ['W', ['warning', 'corruption', 'debug check']],
  ['L', ['soft lockup']],
  ['M', ['hardware error']],
  ['B', ['corruption']],
];

/** Oopses and warnings that the kernel has counted, and taints that it bears, of which the log has nothing. */
function untold(kernel: Kernel, logged: readonly TimelineEvent[]): TimelineEvent[] {
  const found: TimelineEvent[] = [];
  const oopses = dieCounter(kernel);
  const numbers = new Set(logged.flatMap(({ number }) => number ?? []));
  if (oopses !== undefined && oopses > numbers.size) {
    const more = counted(oopses - numbers.size, 'oops', 'oopses');
    const first = numbers.has(1) ? '' : firstOopsIn(kernel);
    found.push(ofMemory('oops', { what: `${more} that the log does not have (die_counter is ${oopses})${first}` }));
  }
  const warned = warnCount(kernel);
  const warnings = logged.filter(({ kind, warned: too }) => kind === 'warning' || too === true).length;
  if (warned !== undefined && warned > warnings)
    found.push(
      ofMemory('warning', {
        what: `${counted(warned - warnings, 'warning')} that the log does not have (warn_count is ${warned})`,
      }),
    );
  const told = [...logged, ...found];
  for (const { letter, name } of kernel.attempt('tainted_mask', () => kernelTaints(kernel)) ?? []) {
    const kinds = leftBy.find(([one]) => one === letter)?.[1];
    if (kinds === undefined || told.some(({ kind }) => kinds.includes(kind))) continue;
    const taint = name === undefined ? letter : `${letter} (${name})`;
    found.push(
      ofMemory('taint', { what: `tainted ${taint} by something that the log does not have`, gravity: 'trouble' }),
    );
  }
  return found;
}

/** "; the first was in acme_depth+0x5 [acme]" */
function firstOopsIn(kernel: Kernel): string {
  const place = firstOopsPlace(kernel);
  return place === undefined ? '' : `; the first was in ${place}`;
}

/** Errors of the hardware that the kernel has kept or counted, of which the log has nothing: not all are printed. */
function hardwareErrors(kernel: Kernel, logged: readonly TimelineEvent[]): TimelineEvent[] {
  const clock = kernel.attempt('timekeeper', () => kernelTime(kernel));
  const sinceBoot = (seconds: number): number | undefined => {
    if (clock === undefined) return undefined;
    const ns = Number(BigInt(seconds) * 1_000_000_000n - (clock.wallNs - clock.uptimeNs));
    return ns > 0 ? ns : undefined;
  };
  const kept = unloggedChecks(kernel, logged).map(({ cpu, bank, status, says, time }) => {
    const code = says.code === undefined ? '' : `: ${says.code}`;
    const kind = says.isUncorrected ? 'uncorrected' : 'corrected';
    return ofMemory('hardware error', {
      what: `machine check on CPU ${cpu}: bank ${bank} has ${statusInLog(status)}, ${kind}${code}`,
      about: `mce ${bank}`,
      cpu,
      gravity: says.isUncorrected ? 'grave' : 'trouble',
      ...defined({ timeNs: sinceBoot(time) }),
    });
  });
  const recovered = (kernel.attempt('hwerr_data', () => recoveredErrors(kernel)) ?? []).map(({ of, count, time }) =>
    ofMemory('hardware error', {
      what: `${counted(count, 'error')} of ${of} that the kernel went on after, this the last (hwerr_data)`,
      gravity: 'trouble',
      ...defined({ timeNs: sinceBoot(time) }),
    }),
  );
  return [...kept, ...recovered];
}

const justNs = 1e9;

/** How long what died had run: a program just started is told from one that had done so for weeks. */
function taskStart(kernel: Kernel): TimelineEvent[] {
  const task = endingOf(kernel)?.context.task;
  if (task === undefined || !kernel.has('task_struct', 'start_time')) return [];
  const read = kernel.attempt('task_struct.start_time', () =>
    isKernelThread(task) || task.pid <= 1 ? undefined : { comm: task.comm, pid: task.pid, started: task.start_time },
  );
  if (read?.started === undefined || read.started === 0n) return [];
  const { comm, pid, started } = read;
  const latest = latestNs(kernel);
  // The clocks differ by some ms: of what has only just begun the order would be told wrong.
  if (latest === undefined || Number(latest - started) < justNs) return [];
  return [ofMemory('task start', { what: 'it started', comm, pid, timeNs: Number(started) })];
}

/** A panic that the log has no line of, and the last that the kernel's clocks know. */
function theEnd(kernel: Kernel, logged: readonly TimelineEvent[]): TimelineEvent[] {
  const panic = panicOf(kernel);
  const latest = latestNs(kernel);
  const untoldPanic = panic !== undefined && !logged.some(({ kind }) => kind === 'panic');
  return [
    ...(untoldPanic
      ? [
          ofMemory('panic', {
            what: 'the kernel stopped, and its log has no line of it',
            isEnd: true,
            ...defined({ cpu: panic.cpu, timeNs: latest === undefined ? undefined : Number(latest) }),
          }),
        ]
      : []),
    ...(latest === undefined
      ? []
      : [
          ofMemory('end', {
            what:
              panic === undefined
                ? 'the dump was taken of a machine that had not panicked'
                : 'the last time of its clocks',
            timeNs: Number(latest),
            isEnd: true,
          }),
        ]),
  ];
}

/** Stalls that the log tells of and that had not ended: with what came of them. */
export function withStalls(kernel: Kernel, events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const of = (...kinds: readonly EventName[]): boolean => events.some(({ kind }) => kinds.includes(kind));
  const hung = of('hung task')
    ? new Set(hungTasks(kernel).flatMap(({ task }) => kernel.attempt('task_struct.pid', () => task.pid) ?? []))
    : new Set<number>();
  const stuck = of('soft lockup', 'hard lockup')
    ? new Set(
        cpuProgress(kernel).flatMap(({ stuck: is, context }) => (is && context.cpu !== undefined ? [context.cpu] : [])),
      )
    : new Set<number>();
  const stalled = of('rcu stall') && gracePeriod(kernel)?.stalled === true;
  const outcomeOf = ({ kind, pid, cpu }: TimelineEvent): string | undefined => {
    if (kind === 'hung task' && pid !== undefined && hung.has(pid)) return stillThere.hung;
    if ((kind === 'soft lockup' || kind === 'hard lockup') && cpu !== undefined && stuck.has(cpu))
      return stillThere.stuck;
    return kind === 'rcu stall' && stalled ? stillThere.stalled : undefined;
  };
  return events.map((event) => {
    const outcome = event.outcome ?? outcomeOf(event);
    return outcome === undefined ? event : { ...event, outcome };
  });
}

/** Of events that had not ended when the machine did: its watchdogs' findings tell of them. */
export const stillThere = {
  hung: 'it still slept at the end',
  stuck: 'it was still stuck at the end',
  stalled: 'it was still stalled at the end',
} as const;
