import { columns, table, type TableView, type View } from 'oompm';
import { earlierFinding, judge, scopeOf, type OomReport } from 'oompm/oom';

import { eventView, named, timeOf } from './event.js';
import { verdictsView } from './findings.js';
import { chargedView, memcgStatView, memcgView } from './memcg.js';
import { consumersView, slabView, swapView, watermarksView, zonesView } from './memory.js';
import { tasksView } from './tasks.js';

/** A report and its verdicts for people, whether it was filled from memory or from a log. */
export function* reportViews(
  report: OomReport,
  { limit, earlier }: { limit: number | undefined; earlier?: { readonly sinceNs: number | undefined } | undefined },
): Generator<View> {
  const judged = judge(report);
  yield verdictsView(earlier === undefined ? judged : [earlierFinding(report, judged, earlier.sinceNs)]);
  yield eventView(report);
  const views = [
    chargedView(report),
    consumersView(report),
    watermarksView(report),
    zonesView(report),
    memcgView(report),
    swapView(report),
    slabView(report),
    tasksView(report, limit),
    memcgStatView(report),
    missingView(report),
  ];
  for (const view of views) if (view !== undefined) yield view;
}

const eventColumns = columns([
  { key: 'event', title: 'EVENT', type: 'integer' },
  { key: 'time', title: 'TIME', type: 'text' },
  { key: 'scope', title: 'SCOPE', type: 'text' },
  { key: 'by', title: 'INVOKED BY', type: 'text' },
  { key: 'order', title: 'ORDER', type: 'integer', dispensable: 1 },
  { key: 'killed', title: 'KILLED', type: 'text' },
  { key: 'line', title: 'LINE', type: 'integer', dispensable: 2 },
]);

/** The events of a log, oldest first: what `--event N` chooses from. */
export function eventsView(reports: readonly OomReport[], shown?: OomReport): TableView {
  const place = shown === undefined ? -1 : reports.indexOf(shown);
  return table(
    'Memory events in the log',
    eventColumns,
    reports.map((report, i) => ({
      cells: {
        event: i + 1,
        time: timeOf(report.event.time) ?? null,
        scope: scopeOf(report),
        by: report.event.comm === undefined ? null : named(report.event.comm, report.event.pid),
        order: report.event.order ?? null,
        killed: report.kills.map((kill) => named(kill.comm, kill.pid)),
        line: report.lines?.first ?? null,
      },
    })),
    {
      id: 'events',
      ...(place < 0 || reports.length < 2
        ? {}
        : { note: `Event ${place + 1} is the one above; --event shows another.` }),
    },
  );
}

const missingColumns = columns([{ key: 'what', title: 'NOT IN THE REPORT', type: 'text' }]);

function missingView({ missing }: OomReport): TableView | undefined {
  return missing.length === 0
    ? undefined
    : table(
        'What is missing',
        missingColumns,
        missing.map((what) => ({ cells: { what } })),
        { id: 'missing' },
      );
}
