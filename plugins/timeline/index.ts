import { definePlugin, findings } from 'oompm';
import { isImportant, timelineFindings, timelineOf, type EventName } from 'oompm/timeline';

import { eventsTable } from './events-table.js';

/** A report says what mattered; all of it is a command away. */
const ROWS_IN_REPORT = 12;

/** A log has no command that would show more. */
const ROWS_OF_LOG = 100;

const ofReports: ReadonlySet<EventName> = new Set<EventName>(['oom', 'allocation failure']);

export default definePlugin({
  id: 'timeline',
  summary: 'What happened before the end, in order: OOM kills, oopses, stalls, errors',
  flags: {
    all: { type: 'boolean', summary: 'each event by itself, not one row for those that are alike' },
    important: { type: 'boolean', summary: 'only what is more than the ordinary life of a machine' },
    limit: { type: 'integer', char: 'n', min: 1, summary: 'at most N rows, the gravest' },
  },
  inReport: { important: true, limit: ROWS_IN_REPORT },
  examples: ['vmcore', 'vmcore --important', 'vmcore --all'],
  *run(kernel, { all, important, limit }) {
    const timeline = timelineOf(kernel);
    const found = timelineFindings(timeline);
    if (found.length > 0)
      yield findings(
        'Earlier events',
        found.map((finding) => ({ ...finding, views: ['events', 'log/log'] })),
        { id: 'findings' },
      );
    const { bootWallNs } = timeline;
    const events = eventsTable(timeline, { all, important, limit, bootWallNs });
    if (events !== undefined) yield events;
  },
  *explain(_reports, _values, timeline) {
    // The list of OOM reports tells of these.
    if (timeline.events.every((event) => ofReports.has(event.kind) || !isImportant(event))) return;
    const events = eventsTable(timeline, { important: true, limit: ROWS_OF_LOG });
    if (events !== undefined) yield events;
  },
});
