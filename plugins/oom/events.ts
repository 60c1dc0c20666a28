import { counted, defined, type Kernel } from 'oompm';
import { logHoles, lossesInWords, oomsInProgress, panicOf, withGaps } from 'oompm/linux';
import type { OomReport } from 'oompm/oom';
import { holeIn, loggedReports } from 'oompm/timeline';

import { rebuiltReport, type RebuiltReport } from './from-memory/report.js';

/** An event that was under way, rebuilt from memory, with what its own report in the log adds. */
export interface CurrentEvent extends RebuiltReport {
  /** The kernel's own report of it, as far as the log has it. */
  readonly printed: OomReport | undefined;
}

export interface Events {
  /** Those under way when the machine stopped; two CPUs can't be in out_of_memory() at once, so mostly one or none. */
  readonly current: readonly CurrentEvent[];
  /** The log's, oldest first; the current ones among them. */
  readonly logged: readonly OomReport[];
  /** Why it is not known whether one was under way; undefined where it is. */
  readonly unsearched: string | undefined;
}

/** Every memory event of this machine that there is to be had, from its memory and from its log. */
export function eventsOf(kernel: Kernel): Events {
  return kernel.once('OOM events', () => {
    const logged = loggedReports(kernel);
    const { result: current, gaps } = withGaps(kernel, () =>
      kernel.attempt('OOM in progress', () =>
        oomsInProgress(kernel).map((oom) => joined(kernel, rebuiltReport(kernel, oom), logged)),
      ),
    );
    if (current !== undefined && current.length > 0) return { current, logged, unsearched: undefined };
    const met = lossesInWords(gaps);
    // The event may still have been under way: then the log's report is but a part of what there is to know.
    return {
      current: [],
      unsearched: met ?? (current === undefined ? gaps.at(-1)?.reason : undefined),
      logged:
        met === undefined
          ? logged
          : logged.map((report, i) =>
              i === logged.length - 1 ? { ...report, incomplete: { ...report.incomplete, all: met } } : report,
            ),
    };
  });
}

/**
 * The log has the time and the trace, and the whole task table where not every task can be read; a report that ended
 * with a kill is of an event before.
 */
function joined(kernel: Kernel, rebuilt: RebuiltReport, logged: readonly OomReport[]): CurrentEvent {
  const { report } = rebuilt;
  const last = logged.findLast((one) => one.kind === 'oom');
  const printed =
    last?.kills.length === 0 && (report.event.pid === undefined || report.event.pid === last.event.pid)
      ? last
      : undefined;
  const hole = printed === undefined ? logHoles(kernel)[0]?.reason : holeIn(kernel, printed);
  const incomplete =
    hole === undefined ? report.incomplete : { ...report.incomplete, trace: hole, panic: hole, kills: hole };
  const panic = printed?.panic ?? panicForMemory(kernel);
  if (printed === undefined) return { ...rebuilt, printed, report: { ...report, ...defined({ panic, incomplete }) } };
  const { event, trace, registers, lines, tasks } = printed;
  return {
    ...rebuilt,
    printed,
    report: {
      ...report,
      ...inPlace(report, printed),
      // What could not be read of the task, its own report says.
      event: { ...pick(event, ['comm', 'pid', 'uid', 'oomScoreAdj', 'time']), ...report.event },
      ...(rebuilt.candidates.unreadable > 0 && tasks !== undefined
        ? {
            tasks,
            missing: [
              `${counted(rebuilt.candidates.unreadable, 'task')} can't be read in memory: the task table is the log's`,
            ],
          }
        : {}),
      ...defined({ trace, registers, panic, lines, incomplete }),
    },
  };
}

/** The panic of an event that is still under way, where the log has lost the report's beginning, and not its end. */
function panicForMemory(kernel: Kernel): string | undefined {
  const message = panicOf(kernel)?.message;
  return message !== undefined && /^(?:Out of memory|System is deadlocked on memory)/.test(message)
    ? message
    : undefined;
}

const state = [
  'memcg',
  'memInfo',
  'nodes',
  'zones',
  'freeLists',
  'hugepages',
  'pageCachePages',
  'swap',
  'totals',
  'tasks',
  'selected',
] as const;

/** Parts that memory could not give and the log has. */
function inPlace(report: OomReport, printed: OomReport): Partial<OomReport> {
  return pick(
    printed,
    state.filter((part) => report[part] === undefined && report.incomplete?.[part] !== undefined),
  );
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]]))) as Pick<T, K>;
}
