import { describe, expect, test } from 'vitest';
import oom from '../../plugins/oom/index.js';
import { reportsIn } from '../../src/oom/index.js';
import { timelineOfRecords } from '../../src/timeline/timeline.js';
import { runOnReports } from '../../src/plugin/run-plugin.js';
import type { SolidView } from '../../src/plugin/section.js';
import { defaultValues } from '../../src/plugin/options.js';
import type { OptionValues } from '../../src/plugin/options.js';
import { globalReport, memcgReport } from './text.js';

function view<K extends SolidView['kind']>(
  log: string,
  id: string,
  kind: K,
  values: OptionValues = {},
): SolidView & { kind: K } {
  const { views } = runOnReports(
    oom,
    { reports: reportsIn(log), timeline: timelineOfRecords([], []) },
    { ...defaultValues(oom.flags, oom.arguments), ...values },
  );
  return views.find((one): one is SolidView & { kind: K } => one.id === id && one.kind === kind)!;
}

describe('zones against their watermarks', () => {
  test('what a request needs beyond min is a mark of its own: min and the lowmem_reserve that holds for it', () => {
    const { bars } = view(globalReport, 'watermarks', 'chart');
    expect(bars.map(({ label, value }) => [label, value])).toEqual([
      ['Node 0 DMA', 13_296],
      ['Node 0 DMA32', 59_900],
      ['Node 0 Normal', 88_188],
    ]);
    expect(bars[1]!.marks).toEqual([
      { label: 'min', value: 24_044 },
      { label: 'low', value: 30_052 },
      { label: 'high', value: 36_060 },
      { label: 'what the request needs', value: 24_044 + 8991 * 4 },
    ]);
    expect(bars[2]!.marks!.map(({ label }) => label)).toEqual(['min', 'low', 'high']);
  });

  test("a cgroup's OOM asks no zone", () => {
    const asking = (log: string): boolean =>
      (view(log, 'watermarks', 'chart')?.bars ?? []).some(({ marks }) => marks!.length > 3);
    expect([asking(globalReport), asking(memcgReport)]).toEqual([true, false]);
  });
});

describe('the picture of memory', () => {
  test("a cgroup's OOM: the cgroup's own, whose parts add up to its limit", () => {
    const { bars, total, headline, title } = view(memcgReport, 'charged', 'chart');
    expect({ title, headline }).toEqual({ title: 'What held the memory of /lab.slice/job.scope', headline: 'memory' });
    expect(bars.reduce((sum, { value }) => sum + value, 0)).toBe(total);
    expect(view(memcgReport, 'consumers', 'chart')?.headline).toBeUndefined();
  });

  test('the kernel memory of a cgroup is told by kind, and each part has its kind', () => {
    const log = memcgReport.replace(
      'kernel 217088',
      'kernel 217088\n              kernel_stack 16384\n              pagetables 172032',
    );
    const { bars } = view(log, 'charged', 'chart');
    expect(bars.map(({ kind, value }) => [kind, value])).toEqual([
      ['anon', 40_748],
      ['page-tables', 168],
      ['slab-unreclaimable', 18],
      ['kernel-stacks', 16],
      ['kernel', 10],
    ]);
  });

  test.each([
    [
      'v1 counts it in kmem alone',
      120,
      [
        ['anon', 40_748],
        ['kernel', 120],
        ['unknown', 92],
      ],
    ],
    [
      'kmem that exceeds what memory.stat leaves is no part of it',
      500,
      [
        ['anon', 40_748],
        ['unknown', 212],
      ],
    ],
  ])('kernel memory: %s', (_, kmem, expected) => {
    const log = memcgReport
      .replace('              kernel 217088\n              slab_unreclaimable 18544\n', '')
      .replace(
        '[    4.400000] Memory cgroup stats',
        `[    4.400000] kmem: usage ${kmem}kB, limit 9007199254740988kB, failcnt 0\n[    4.400000] Memory cgroup stats`,
      );
    expect(view(log, 'charged', 'chart').bars.map(({ kind, value }) => [kind, value])).toEqual(expected);
  });

  test("the machine's OOM: the machine's", () => {
    expect(view(globalReport, 'charged', 'chart')).toBeUndefined();
    expect(view(globalReport, 'consumers', 'chart').headline).toBe('memory');
  });
});

test('a list of tasks that is cut says how many are left out', () => {
  const all = view(globalReport, 'tasks', 'table');
  const cut = view(globalReport, 'tasks', 'table', { limit: 1 });
  expect(cut.rows).toEqual(all.rows.slice(0, 1));
  expect(cut.note).toContain(`${all.rows.length - 1} more are not shown`);
  expect(all.note).not.toContain('not shown');
});
