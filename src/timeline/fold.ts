import { defined } from '../words/defined.js';
import type { FoldedEvent, TimelineEvent } from './event.js';

/** One row for those that are alike, where the first of them stood. What is the end stands alone. */
export function folded(events: readonly TimelineEvent[]): readonly FoldedEvent[] {
  const rows: FoldedEvent[] = [];
  const places = new Map<string, number>();
  for (const event of events) {
    const key = [event.kind, event.about, event.boot, event.witness, event.place?.function].join('\0');
    const at = event.isEnd ? undefined : places.get(key);
    if (at === undefined) {
      if (!event.isEnd) places.set(key, rows.length);
      rows.push({ ...event, count: 1 });
    } else rows[at] = joined(rows[at]!, event);
  }
  return rows;
}

/** What came of the last of them is what came of them; of kills each has its own. */
function joined(row: FoldedEvent, event: TimelineEvent): FoldedEvent {
  const { outcome: first, ...rest } = row;
  const outcome = row.kind === 'oom' ? first : event.outcome;
  return {
    ...rest,
    count: row.count + 1,
    ...defined({
      outcome:
        outcome === undefined || row.kind !== 'oom'
          ? outcome
          : `${outcome.replace(/, and \d+ more$/, '')}, and ${row.count} more`,
      lastNs: event.timeNs,
      lastClock: event.clock,
    }),
  };
}
