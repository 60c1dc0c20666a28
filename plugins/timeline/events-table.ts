import { columns, table, type RowOf, type TableView } from 'oompm';
import {
  eventNames,
  folded,
  isImportant,
  type FoldedEvent,
  placeInWords,
  taskInWords,
  type Timeline,
} from 'oompm/timeline';

/** What happened and what came of it are lines of the kernel's with names in them, and hidden as such. */
const list = columns([
  { key: 'time', title: 'TIME', type: 'ns' },
  { key: 'clock', title: 'CLOCK', type: 'unixTime', dispensable: 4 },
  { key: 'stamp', title: 'STAMP', type: 'text' },
  { key: 'event', title: 'EVENT', type: 'word' },
  { key: 'happened', title: 'WHAT HAPPENED', type: 'text' },
  { key: 'place', title: 'IN', type: 'symbol', dispensable: 1 },
  { key: 'task', title: 'TASK', type: 'task', dispensable: 1 },
  { key: 'outcome', title: 'WHAT CAME OF IT', type: 'text' },
  { key: 'times', title: 'TIMES', type: 'integer', dispensable: 2 },
  { key: 'until', title: 'UNTIL', type: 'ns', dispensable: 2 },
  { key: 'by', title: 'BY', type: 'word', dispensable: 3 },
  { key: 'line', title: 'LINE', type: 'integer', dispensable: 5 },
]);

export interface Shown {
  /** Each by itself, not one row for those that are alike. */
  readonly all?: boolean | undefined;
  /** What is more than the machine's ordinary life; at most so many rows, the gravest. */
  readonly limit?: number | undefined;
  readonly important?: boolean | undefined;
  /** The wall clock at boot. */
  readonly bootWallNs?: bigint | undefined;
}

/** The events in their order; undefined where only what matters is wanted, and nothing is but the end itself. */
export function eventsTable(timeline: Timeline, shown: Shown): TableView | undefined {
  const rows = shown.all === true ? timeline.events.map((event) => ({ ...event, count: 1 })) : folded(timeline.events);
  const wanted = shown.important === true ? rows.filter(isImportant) : rows;
  if (shown.important === true && wanted.every(({ isEnd }) => isEnd)) return undefined;
  const kept = shown.limit === undefined ? wanted : gravest(wanted, shown.limit);
  return table(
    'Timeline',
    columnsOf(kept, shown),
    kept.map((event) => rowOf(event, shown.bootWallNs)),
    {
      id: 'events',
      ...noteOf(timeline, rows.length - kept.length, shown),
    },
  );
}

/** Columns that no row has anything in are left out. */
function columnsOf(rows: readonly FoldedEvent[], { bootWallNs }: Shown): typeof list {
  const isEmpty: Readonly<Record<string, boolean>> = {
    time: rows.every(({ timeNs }) => timeNs === undefined),
    clock: bootWallNs === undefined,
    stamp: rows.every(({ clock }) => clock === undefined),
    place: rows.every(({ place, foundBy }) => (place ?? foundBy) === undefined),
    times: rows.every(({ count }) => count === 1),
    until: rows.every(({ lastNs }) => lastNs === undefined),
    by: rows.every(({ witness }) => witness === 'kernel'),
  };
  return list.filter(({ key }) => isEmpty[key] !== true);
}

const byGravity = { grave: 0, trouble: 1, notice: 2 } as const;

/** The end and what is gravest, in the order of time; of those alike in that, the latest. */
function gravest(rows: readonly FoldedEvent[], limit: number): readonly FoldedEvent[] {
  const rank = ({ isEnd, gravity }: FoldedEvent): number => (isEnd ? -1 : byGravity[gravity]);
  const kept = new Set(
    rows
      .map((row, i) => ({ row, i }))
      .toSorted((a, b) => rank(a.row) - rank(b.row) || b.i - a.i)
      .slice(0, limit)
      .map(({ row }) => row),
  );
  return rows.filter((row) => kept.has(row));
}

function rowOf(event: FoldedEvent, bootWallNs: bigint | undefined): RowOf<typeof list> {
  const { timeNs, kind, number, what, message, comm, pid, outcome, count, lastNs, witness, lines } = event;
  const where = event.place ?? event.foundBy;
  const at = timeNs === undefined || bootWallNs === undefined ? undefined : bootWallNs + BigInt(timeNs);
  const said = message === undefined || message === what ? '' : `: ${message}`;
  const order = number === undefined ? '' : ` #${number}`;
  return {
    cells: {
      time: timeNs ?? null,
      clock: at === undefined ? null : Number(at / 1_000_000_000n),
      stamp: event.clock ?? null,
      event: `${eventNames[kind][0]}${order}`,
      happened: `${what}${said}`,
      place: where === undefined ? null : placeInWords(where),
      task: comm === undefined ? null : taskInWords(comm, pid),
      outcome: outcome ?? null,
      times: count,
      until: lastNs ?? null,
      by: witness,
      line: lines?.first ?? null,
    },
  };
}

function noteOf({ beginsNs, dropped }: Timeline, left: number, { limit, important }: Shown): { note?: string } {
  const notes = [
    ...(beginsNs === undefined ? [] : [`The log begins at ${(beginsNs / 1e9).toFixed(6)} s: what was before is gone.`]),
    ...(dropped === 0 ? [] : [`${dropped} more events were not read.`]),
    ...(left > 0 && (limit !== undefined || important === true) ? [`Not shown here: ${left} more.`] : []),
  ];
  return notes.length === 0 ? {} : { note: notes.join(' ') };
}
