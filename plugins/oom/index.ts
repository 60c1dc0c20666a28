import { defined, definePlugin, InputError, type Kernel, type View } from 'oompm';
import { isLogWhole, kernelRecords, logHoles } from 'oompm/linux';
import { printedReport, type OomReport } from 'oompm/oom';
import { loggedReports } from 'oompm/timeline';

import { earlierThanEnd } from './earlier.js';
import { eventsOf } from './events.js';
import { beyondTheLog } from './from-memory/beyond.js';
import { Parts } from './from-memory/parts.js';
import { stateReport, type RebuiltReport } from './from-memory/report.js';
import { victimsBeyond } from './from-memory/victims.js';
import { comparedView, kernelFormatView } from './views/kernel-format.js';
import { eventsView, reportViews } from './views/report.js';
import { stateViews } from './views/state.js';

export default definePlugin({
  id: 'oom',
  summary: 'Why memory ran out: the OOM event, what held the memory, who was killed',
  flags: {
    format: {
      type: 'string',
      options: ['kernel'],
      summary: "kernel: the report in this kernel's own layout, rebuilt from memory",
    },
    compare: { type: 'boolean', summary: 'compare the rebuilt report with the one in the log, line by line' },
    log: { type: 'boolean', summary: 'use the log alone, as explain does' },
    limit: { type: 'integer', char: 'n', min: 1, summary: 'at most N tasks, by badness' },
    event: { type: 'integer', char: 'e', min: 1, summary: 'an event of the log, by its number in the list of events' },
  },
  // There ps lists every task.
  inReport: { limit: 40 },
  examples: ['vmcore', 'vmcore --format kernel', 'vmcore --compare', 'vmcore --event 1'],
  *run(kernel, { format, compare, log, event, limit }) {
    if (format === 'kernel') yield kernelFormatView(lastRebuilt(kernel));
    else if (compare) yield* compared(kernel);
    else if (log || event !== undefined) yield* explained(loggedReports(kernel), event, limit, isLogWhole(kernel));
    else yield* story(kernel, limit);
  },
  explain: (reports, { event, limit }) => explained(reports, event, limit),
});

/** The event in progress; without one what show_mem() would print. */
function lastRebuilt(kernel: Kernel): RebuiltReport {
  const { current, unsearched } = eventsOf(kernel);
  return current.at(-1) ?? stateReport(kernel, unsearched);
}

function* compared(kernel: Kernel): Generator<View> {
  const current = eventsOf(kernel).current.at(-1);
  if (current === undefined)
    throw new InputError(
      'no OOM event was in progress when the dump was taken: memory is no longer as it was when the report was printed',
    );
  if (current.printed === undefined)
    throw new InputError('the log has no report of the OOM event that was in progress');
  yield* comparedView(current, printedReport(kernelRecords(kernel), current.printed));
}

/**
 * One event of a log: the one asked for, else the last OOM; with the list of all where there are more.
 * @throws InputError where the log has no such event
 */
function* explained(
  reports: readonly OomReport[],
  number: number | undefined,
  limit: number | undefined,
  whole = true,
): Generator<View> {
  const report =
    number === undefined ? (reports.findLast((one) => one.kind === 'oom') ?? reports.at(-1)) : reports[number - 1];
  if (report === undefined && number !== undefined) {
    const has = ['no memory event', 'one'][reports.length] ?? String(reports.length);
    throw new InputError(`there is no event ${number}: the log has ${has}`);
  }
  if (report !== undefined) yield* reportViews(report, { limit });
  if (reports.length > 1 || (reports.length === 0 && whole)) yield eventsView(reports, report);
}

function* story(kernel: Kernel, limit: number | undefined): Generator<View> {
  const events = eventsOf(kernel);
  const current = events.current.at(-1);
  if (current !== undefined) {
    const nodes = current.report.nodes?.map(({ node }) => node);
    yield* reportViews(withBeyond(kernel, nodes, current), { limit });
  } else {
    const last = events.logged.at(-1);
    if (last !== undefined)
      yield* reportViews(withVictims(kernel, last), { limit, earlier: earlierThanEnd(kernel, last) });
    const state = kernel.attempt('state of memory at the time of the dump', () =>
      stateReport(kernel, events.unsearched),
    );
    // The report that it would be held against may be in what can't be read of the log.
    const hole = last === undefined ? logHoles(kernel)[0]?.reason : undefined;
    const incomplete = hole === undefined ? {} : { all: hole };
    if (state !== undefined)
      yield* stateViews(joined(withBeyond(kernel, undefined, state), { incomplete }), { last, limit });
  }
  if (events.logged.length > 1 || (current === undefined && (events.logged.length === 1 || isLogWhole(kernel))))
    yield eventsView(events.logged);
}

/** What memory has beyond a report, as far as it can be read: the report itself stands without. */
function withBeyond(
  kernel: Kernel,
  nodes: readonly number[] | undefined,
  { report, candidates }: RebuiltReport,
): OomReport {
  return joined(report, beyondTheLog(kernel, nodes, candidates.list));
}

function withVictims(kernel: Kernel, report: OomReport): OomReport {
  const parts = new Parts(kernel);
  return joined(report, { beyond: victimsBeyond(parts), incomplete: parts.incomplete });
}

function joined(report: OomReport, { beyond, incomplete }: Pick<OomReport, 'beyond' | 'incomplete'>): OomReport {
  return {
    ...report,
    ...defined({ beyond }),
    incomplete: { ...report.incomplete, ...incomplete },
  };
}
