import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row, View } from 'oompm';
import { reportsIn } from 'oompm/oom';
import { TextTimeline, timelineOfRecords, type Timeline } from 'oompm/timeline';

import { eventsTable } from '../../plugins/timeline/events-table.js';
import plugin from '../../plugins/timeline/index.js';
import { PieceFinder } from '../../src/timeline/piece-finder.js';

function explained(text: string): View[] {
  const reader = new TextTimeline();
  reader.take(text);
  const reports = reportsIn(text);
  return [...plugin.explain!(reports, {}, reader.end(reports))];
}

function rowsOf(view: View | undefined): Row[] {
  return view?.kind === 'table' ? [...view.rows] : [];
}

const kill =
  '[  100.100000] Memory cgroup out of memory: Killed process 77 (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0\n';

test('a log whose events are OOM reports, and the ordinary life of a machine, has no section', () => {
  expect(explained(`${kill}[  101.000000] acme: loading out-of-tree module taints kernel.\n`)).toEqual([]);
});

test('a log with more has one, with the reports among the rest; times of day as they stand', () => {
  const [table, ...more] = explained(
    `${kill}[  101.000000] EXT4-fs (sda1): Remounting filesystem read-only\nMay 19 18:14:41 web1 kernel: sched: RT throttling activated\n`,
  );
  expect(more).toEqual([]);
  expect(rowsOf(table).map(({ cells }) => [cells['time'], cells['stamp'], cells['event'], cells['outcome']])).toEqual([
    [100.1e9, null, 'OOM', 'killed a (77)'],
    [101e9, null, 'file system', null],
    [null, 'May 19 18:14:41', 'scheduler', null],
  ]);
});

const lines = [
  'Linux version 6.1.0 (x)',
  'sched: RT throttling activated',
  'EXT4-fs (sda1): Remounting filesystem read-only',
  'cgroup: fork rejected by pids controller in /a',
  'WARNING: CPU: 0 PID: 1 at kernel/a.c:1 one+0x1/0x2',
  'Kernel panic - not syncing: hung_task: blocked tasks',
];
const timeline: Timeline = timelineOfRecords(
  lines.map((text, i) => ({ text, facility: 0, timeNs: i * 60e9 })),
  [],
);
const events = (shown: Parameters<typeof eventsTable>[1]) =>
  rowsOf(eventsTable(timeline, shown)).map(({ cells }) => cells['event']);

test('the gravest are kept, the end among them, in the order of time', () => {
  expect(events({})).toEqual(['boot', 'scheduler', 'file system', 'limit', 'WARNING', 'panic']);
  expect(events({ important: true })).toEqual(['scheduler', 'file system', 'limit', 'WARNING', 'panic']);
  expect(events({ important: true, limit: 3 })).toEqual(['file system', 'WARNING', 'panic']);
  expect(eventsTable(timeline, { important: true, limit: 3 })?.note).toBe('Not shown here: 3 more.');
});

test('where nothing is but the end, a report has no section', () => {
  const ended = timelineOfRecords(
    [lines[0]!, lines[5]!].map((text) => ({ text, facility: 0, timeNs: 5 })),
    [],
  );
  expect(eventsTable(ended, { important: true })).toBeUndefined();
  expect(eventsTable(ended, {})).toBeDefined();
});

test('each by itself, or in a row', () => {
  const twice = timelineOfRecords(
    [1, 2].map((at) => ({ text: lines[1]!, facility: 0, timeNs: at })),
    [],
  );
  expect(rowsOf(eventsTable(twice, {})).map(({ cells }) => cells['times'])).toEqual([2]);
  expect(rowsOf(eventsTable(twice, { all: true })).map(({ cells }) => cells['times'])).toEqual([1, 1]);
});

test('pieces are found where they end first, however they overlap', () => {
  const piece = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'é'), { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), text, fc.nat(10), (pieces, where, from) => {
      const ends = pieces.flatMap((one) => {
        const at = where.indexOf(one, from);
        return at < 0 ? [] : [at + one.length];
      });
      expect(new PieceFinder(pieces).find(where, from)).toBe(ends.length === 0 ? -1 : Math.min(...ends));
    }),
  );
});
