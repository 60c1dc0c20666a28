import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  isGap,
  type Cell,
  type Kernel,
  type OptionValues,
  type Row,
  type TableView,
  type TreeNode,
  type TreeView,
} from 'oompm';
import { to } from 'oompm/testing';

import ps from '../../plugins/ps/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, dumpsDir, testWith, unlessMissing } from '../dumps.js';
import { kernelLog, lastTaskTable } from '../linux/kernel-log.js';
import { toyTasks } from '../linux/toy-tasks.js';
import { tableOf, viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function kernelOf(dump: string, vmlinux?: string): Promise<Kernel> {
  const kernel = await openKernel({
    dump: [join(dumpsDir(), dump)],
    ...(vmlinux === undefined ? {} : { vmlinux: dumpFile(vmlinux)! }),
  });
  opened.push(kernel);
  return kernel;
}

/** The rows of all tables: users' tasks, then those of the kernel. */
function rowsOf(kernel: Kernel, values: OptionValues = {}): Row[] {
  return viewsOf(ps, kernel, values).flatMap((view) => (view.kind === 'table' ? [...view.rows] : []));
}

/** Up to 6.12 the kernel prints what its cheap read has; 7.2 sums up. */
const printsExact = (release: string): boolean => Number.parseInt(release, 10) >= 7;

/** The rows of `ps` as the kernel would have printed them, by its column names. */
function asPrinted(kernel: Kernel): Map<Cell, { numbers: Record<string, Cell>; name: Cell }> {
  const exact = printsExact(kernel.release);
  return new Map(
    rowsOf(kernel).map(({ cells }) => [
      cells['pid']!,
      {
        numbers: {
          pid: cells['pid']!,
          uid: cells['uid']!,
          tgid: cells['tgid']!,
          total_vm: cells['totalVm']!,
          rss: cells[exact ? 'rss' : 'rssApproximate']!,
          rss_anon: cells[exact ? 'rssAnon' : 'rssAnonApproximate']!,
          rss_file: cells[exact ? 'rssFile' : 'rssFileApproximate']!,
          rss_shmem: cells[exact ? 'rssShmem' : 'rssShmemApproximate']!,
          pgtables_bytes: cells['pageTables']!,
          swapents: cells[exact ? 'swap' : 'swapApproximate']!,
          oom_score_adj: cells['oomScoreAdj']!,
        },
        name: cells['comm']!,
      },
    ]),
  );
}

const panics = allDumps().filter(
  (dump) => dump.endsWith('-panic/vmcore') && existsSync(join(dumpsDir(), dirname(dump), 'kernel.log')),
);

describe.skipIf(panics.length === 0)('the task table that the kernel printed, from memory', () => {
  test.each(panics)('%s', async (dump) => {
    const printed = lastTaskTable(kernelLog(join(dumpsDir(), dirname(dump), 'kernel.log')));
    expect(printed.length).toBeGreaterThan(0);
    const found = asPrinted(await kernelOf(dump));
    for (const task of printed) {
      const row = found.get(task.numbers['pid']!);
      const numbers =
        row && Object.fromEntries(Object.keys(task.numbers).map((column) => [column, row.numbers[column]]));
      expect({ numbers, name: row?.name }).toEqual(task);
    }
  });
});

describe('with the vmlinux the answers are the same', () => {
  for (const release of ['5.10', '6.1', '6.12', '7.2']) {
    const [dump, vmlinux] = [`${release}-global-panic/vmcore`, `vmlinux-${release}`];
    testWith([dump, vmlinux], dump, async () => {
      const [without, given] = [await kernelOf(dump), await kernelOf(dump, vmlinux)];
      expect(rowsOf(given)).toEqual(rowsOf(without));
    });
  }
});

test.skipIf(!dumpFile('7.2-global-panic/vmcore.d31.zstd'))(
  unlessMissing('7.2-global-panic/vmcore.d31.zstd'),
  async () => {
    const broken = await kernelOf('7.2-global-panic/vmcore.d31.zstd');
    const rows = rowsOf(broken);
    const { note } = tableOf(ps, broken);
    const [unreadable, readable] = [
      rows.filter(({ cells }) => isGap(cells['comm'])),
      rows.filter(({ cells }) => !isGap(cells['comm'])),
    ];
    expect(readable).toHaveLength(41);
    expect(unreadable.map(({ cells }) => cells['pid'])).toEqual([8, 56, 16, 21, 31, 32, 47]);
    expect(note).toContain(
      'The task list is corrupted: 7 processes were found on it forwards and 1 more backwards; 33 more tasks come from the PID IDR.',
    );
    // Nothing invented: what both dumps of that machine can read is the same. Whose flags can't be read is not told
    // from a user's.
    const whole = new Map(rowsOf(await kernelOf('7.2-global-panic/vmcore')).map((row) => [row.cells['pid'], row]));
    for (const { cells } of readable) {
      const known = whole.get(cells['pid']);
      for (const [key, cell] of Object.entries(cells))
        if (!isGap(cell) && Object.hasOwn(known?.cells ?? {}, key))
          expect([cells['pid'], key, cell]).toEqual([cells['pid'], key, known?.cells[key]]);
    }
  },
);

describe.skipIf(!dumpFile('6.1-reaper/vmcore'))('6.1-reaper: what is asked for', () => {
  test('threads, kernel threads, users, names', async () => {
    const kernel = await kernelOf('6.1-reaper/vmcore');
    const pids = (values: Parameters<typeof tableOf>[2]) => rowsOf(kernel, values).map(({ cells }) => cells['pid']);
    const all = pids({});
    expect(pids({ threads: true }).length).toBeGreaterThan(all.length);
    expect(new Set([...pids({ kernel: true }), ...pids({ user: true })])).toEqual(new Set(all));
    const workers = rowsOf(kernel, { task: ['kworker*'] }).map(({ cells }) => cells['comm']);
    expect(workers).toEqual(workers.map(() => expect.stringMatching(/^kworker/) as unknown));
    expect(workers.length).toBeGreaterThan(5);
    expect(pids({ task: ['1'] })).toEqual([1]);
    expect(() => pids({ task: ['nobody of that name'] })).toThrow(
      'There is no task nobody of that name; oompm ps lists them.',
    );
    // It is there, but is not of the kind that was asked for.
    expect(() => pids({ task: ['kthreadd'], user: true })).toThrow(
      'kthreadd is no process of users; leave out --user.',
    );
    expect(() => pids({ task: ['1'], kernel: true })).toThrow('1 is no task of the kernel; leave out --kernel.');
    expect(pids({ task: ['1'], user: true })).toEqual([1]);
  });

  test('users’ tasks come first, the largest at the top; kernel threads after them, folded', async () => {
    const [users, threads, ...more] = viewsOf(ps, await kernelOf('6.1-reaper/vmcore')).filter(
      (view): view is TableView => view.kind === 'table',
    );
    expect(more).toEqual([]);
    expect(users).toMatchObject({ id: 'tasks', sorted: { column: 'rss', descending: true } });
    expect(users!.folded).toBeUndefined();
    const sizes = [...users!.rows].map(({ cells }) => Number(cells['rss']));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(threads).toMatchObject({ id: 'kernel-threads', folded: true });
    expect([...threads!.rows].map(({ cells }) => cells['comm'])).toContain('kthreadd');
  });

  test('where only kernel threads are asked for they are not folded', async () => {
    const views = viewsOf(ps, await kernelOf('6.1-reaper/vmcore'), { kernel: true });
    expect(views).toHaveLength(1);
    expect(views[0]).not.toHaveProperty('folded');
  });

  test('the tree has every process once, kernel threads under kthreadd', async () => {
    const kernel = await kernelOf('6.1-reaper/vmcore');
    const view = viewsOf(ps, kernel, { tree: true }).find((view): view is TreeView => view.kind === 'tree');
    const roots = [...view!.roots];
    const count = (nodes: readonly TreeNode[]): number =>
      nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);
    expect(count(roots)).toBe(rowsOf(kernel).length);
    expect(roots.map(({ cells }) => cells['comm'])).toEqual(['init', 'kthreadd']);
    expect(roots[1]!.children.map(({ cells }) => cells['comm'])).toContain('oom_reaper');
  });
});

testWith(
  '6.12-global-panic/vmcore',
  '6.12 prints what its cheap read has, and the true numbers stand beside it',
  async () => {
    const rows = rowsOf(await kernelOf('6.12-global-panic/vmcore'), { user: true });
    const differing = rows.filter(({ cells }) => cells['rss'] !== cells['rssApproximate']);
    expect(differing.length).toBeGreaterThan(0);
    // A CPU keeps less than its batch to itself: twice the CPUs, 32 at least, for each of the three counters.
    for (const { cells } of differing)
      expect(Math.abs(Number(cells['rss']) - Number(cells['rssApproximate']))).toBeLessThan(3 * 2 * 32);
  },
);

describe('families that none has', () => {
  const shape = (nodes: readonly TreeNode[]): unknown =>
    nodes.map(({ cells, children }) => (children.length === 0 ? cells['comm'] : [cells['comm'], shape(children)]));
  const roots = (kernel: Kernel): TreeNode[] => [
    ...viewsOf(ps, kernel, { tree: true }).find((view): view is TreeView => view.kind === 'tree')!.roots,
  ];

  test('parents in a circle are roots, each once', () => {
    const kernel = toyTasks({
      a: { pid: 1 },
      b: { pid: 2, real_parent: to('a') },
      c: { pid: 3, real_parent: to('d') },
      d: { pid: 4, real_parent: to('c') },
      e: { pid: 5, real_parent: to('e') },
    });
    expect(shape(roots(kernel))).toEqual([['a', ['b']], 'c', 'd', 'e']);
  });

  test('a chain of 200 does not go down 200 levels', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `t${i}`,
        { pid: 1000 + i, ...(i === 0 ? {} : { real_parent: to(`t${i - 1}`) }) },
      ]),
    );
    const depth = (nodes: readonly TreeNode[]): number =>
      nodes.length === 0 ? 0 : 1 + Math.max(...nodes.map(({ children }) => depth(children)));
    const count = (nodes: readonly TreeNode[]): number =>
      nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);
    const found = roots(toyTasks(chain));
    expect([count(found), depth(found)]).toEqual([200, 64]);
  });

  test('a process whose parent can’t be read is a root', () => {
    const kernel = toyTasks({ a: { pid: 1 }, b: { pid: 2, real_parent: to('a') } }, { lost: ['a'] });
    expect(shape(roots(kernel))).toEqual(['b', expect.objectContaining({ gap: true }) as unknown]);
  });
});
