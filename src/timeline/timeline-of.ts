import { endingOf, type EndingKind } from '../endings/ending.js';
import type { Kernel } from '../kernel/kernel.js';
import { dieCounter } from '../linux/machine/counters.js';
import { panicOf } from '../linux/machine/panic.js';
import { isRemark, type LogRecord } from '../linux/printk/log-entry.js';
import { logHoles } from '../linux/printk/kernel-records.js';
import { logRecords } from '../linux/printk/log.js';
import { endNs } from '../linux/sched/how-long.js';
import { kernelTime } from '../linux/time/time.js';
import { defined } from '../words/defined.js';
import type { EventName } from './event-names.js';
import type { TimelineEvent } from './event.js';
import { eventsOfMemory, withStalls } from './from-memory.js';
import { decoded } from './machine-check-events.js';
import { loggedReports } from './logged-reports.js';
import { withLastAsEnd } from './outcomes.js';
import { timelineOfRecords, type Timeline } from './timeline.js';

/** The timeline of a dump: its log's, with what memory adds, and how it ended. */
export interface KernelTimeline extends Timeline {
  /** When the machine ended, since boot. */
  readonly endNs?: number;
  /** How; undefined where it did not panic, or its stack does not tell. */
  readonly ending?: EndingKind;
  readonly hasPanicked: boolean;
  /** The wall clock at boot, in nanoseconds since 1970, by the clock at the end. */
  readonly bootWallNs?: bigint;
  /** Why not all of the log could be read. */
  readonly unread?: string;
}

/** Everything that the dump tells of before its end, in order. */
export function timelineOf(kernel: Kernel): KernelTimeline {
  return kernel.once('timeline', () => {
    const unread = logHoles(kernel)[0]?.reason;
    return { ...gathered(kernel), ...defined({ unread }) };
  });
}

function gathered(kernel: Kernel): KernelTimeline {
  const records: LogRecord[] = [];
  kernel.attempt('log', () => {
    for (const entry of logRecords(kernel)) {
      kernel.guard.step();
      if (!isRemark(entry)) records.push(entry);
    }
  });
  const log = timelineOfRecords(records, loggedReports(kernel));
  const ending = endingOf(kernel)?.kind;
  const end = endNs(kernel);
  const told = withEndOf(kernel, log, ending).map((event) => decoded(kernel, event));
  const events = withStalls(kernel, told);
  return {
    ...log,
    events: inOrder(events, eventsOfMemory(kernel, events)),
    hasPanicked: panicOf(kernel) !== undefined,
    ...defined({ ending, endNs: end === undefined ? undefined : Number(end), bootWallNs: bootWallNs(kernel) }),
  };
}

/** Kinds of events that a kernel's end by its stack can be. */
const kindsOf: Readonly<Partial<Record<EndingKind, readonly EventName[]>>> = {
  exception: ['oops'],
  bug: ['bug', 'oops'],
  warning: ['warning'],
  'machine check': ['hardware error'],
  'out of memory': ['oom'],
  'by hand': ['sysrq'],
};

/** What the log has of the end may be seconds old: it printed, on a slow console. */
const longestToEnd = 10e9;

/** An oops that started the crash kernel at once has no line of a panic behind it. */
function withEndOf(
  kernel: Kernel,
  { events, lastNs }: Timeline,
  ending: EndingKind | undefined,
): readonly TimelineEvent[] {
  const kinds = ending === undefined ? undefined : kindsOf[ending];
  if (kinds === undefined || events.some(({ isEnd }) => isEnd)) return events;
  const last = dieCounter(kernel);
  return withLastAsEnd(events, ({ kind, number, timeNs }) => {
    if (!kinds.includes(kind)) return false;
    if (number !== undefined && last !== undefined) return number === last;
    return timeNs === undefined || lastNs === undefined || lastNs - timeNs <= longestToEnd;
  });
}

/** By their stamps; what has none stands before all that has, for it is not known when it was. */
function inOrder(logged: readonly TimelineEvent[], more: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const all = [...logged];
  for (const event of more) {
    const { timeNs } = event;
    const at =
      timeNs === undefined ? 0 : all.findLastIndex((one) => one.timeNs === undefined || one.timeNs <= timeNs) + 1;
    all.splice(at, 0, event);
  }
  return all;
}

/** Stamps do not count time suspended: of what was before it, the time of day is not known. */
function bootWallNs(kernel: Kernel): bigint | undefined {
  const time = kernel.attempt('timekeeper', () => kernelTime(kernel));
  return time === undefined || time.sinceBootNs !== time.uptimeNs ? undefined : time.wallNs - time.uptimeNs;
}
