import { describe, expect, test } from 'vitest';
import { compareReports, kernelReport, reportsIn, type ComparedLine, type OomReport } from 'oompm/oom';

import { kernelLines } from '../../plugins/oom/from-memory/report.js';
import { testWith } from '../dumps.js';
import { eventIn, panicDumps } from './dumps.js';

/**
 * Lines that may differ, by dump. 7.2-global-panic: between the report and the panic CPU 1 went idle and folded what it
 * had kept of the counters to itself (quiet_vmstat(): all its differences are 0 in the dump, CPU 0's are not): one
 * active and four inactive anonymous pages, and one free page of DMA32, each in its global line, its node's and its
 * zone's.
 */
const moved: Readonly<Record<string, readonly string[]>> = {
  '7.2-global-panic': [
    'active_anon:470 inactive_anon:22252 → active_anon:471 inactive_anon:22256',
    'free:1523 → free:1524',
    'Node 0: active_anon:1880kB → active_anon:1884kB; inactive_anon:89008kB → inactive_anon:89024kB',
    'Node 0 DMA32: free:892kB → free:896kB',
    'Node 0 Normal: active_anon:1880kB → active_anon:1884kB; inactive_anon:58328kB → inactive_anon:58344kB',
  ],
};

describe.skipIf(panicDumps.length === 0)('the report rebuilt from memory is the kernel’s own, line by line', () => {
  test.each(panicDumps)('%s', async (dump) => {
    const { kernel, event, printed } = await eventIn(dump);
    expect(printed.length).toBeGreaterThan(30);
    const others = compareReports(kernelLines(event).lines, printed).filter((line) => line.result !== 'equal');
    expect(others.length).toBe(moved[dump.split('/')[0]!]?.length ?? 0);
    for (const line of others) expect(line.result, shown(line)).toBe('differing');
    for (const line of others) expect(distance(line), shown(line)).toBeLessThanOrEqual(16);
    kernel.close();
  });

  for (const [dump, vmlinux, types] of [
    ['5.10-many-panic/vmcore', 'vmlinux-5.10', undefined],
    ['6.1-slab-panic/vmcore', 'vmlinux-6.1', undefined],
    ['6.1-memcg-panic/vmcore', 'vmlinux-6.1', 'dwarf'],
    ['6.12-cpuset-panic/vmcore', 'vmlinux-6.12', undefined],
    ['7.2-memcg-panic/vmcore', 'vmlinux-7.2', undefined],
  ] as const)
    testWith([dump, vmlinux], `${dump} with ${vmlinux}${types === undefined ? '' : `, ${types}`}`, async () => {
      const { kernel, event, printed } = await eventIn(dump, vmlinux, types);
      expect(compareReports(kernelLines(event).lines, printed).filter((line) => line.result !== 'equal')).toEqual([]);
      kernel.close();
    });
});

describe.skipIf(panicDumps.length === 0)('the rebuilt report, read as a log, is the same model', () => {
  test.each(panicDumps.filter((dump) => dump.endsWith('/vmcore')))('%s', async (dump) => {
    const { kernel, event } = await eventIn(dump);
    const { report, features } = event;
    const [read] = reportsIn(
      kernelReport(report, features)
        .map((line) => `[    1.000000] ${line}`)
        .join('\n'),
    );
    expect(asPrinted(read!)).toEqual(asPrinted(report));
    kernel.close();
  });
});

/** What a report in text can hold of a model. */
function asPrinted({
  event,
  memInfo,
  nodes,
  zones,
  freeLists,
  hugepages,
  pageCachePages,
  swap,
  totals,
  slab,
  tasks,
  memcg,
  selected,
}: OomReport) {
  const { comm, gfp, order, oomScoreAdj, constraint, nodemask, cpuset, memsAllowed } = event;
  const ofMachine = memcg === undefined || memcg.counters.length === 0;
  return {
    event: { comm, mask: gfp?.mask, names: gfp?.names, order, oomScoreAdj, constraint, nodemask, cpuset, memsAllowed },
    ...(ofMachine
      ? {
          memInfo,
          nodes,
          zones: zones?.map(({ lowmemReservePages, ...zone }) => ({
            ...zone,
            reserve: [...(lowmemReservePages ?? [])],
          })),
          freeLists,
          hugepages,
          pageCachePages,
          swap,
          totals,
        }
      : {}),
    slab,
    memcg: memcg && {
      path: memcg.path,
      taskPath: memcg.taskPath,
      protectionKB: memcg.protectionKB,
      counters: memcg.counters.map(({ name, usageKB, limitKB, failures }) => ({ name, usageKB, limitKB, failures })),
      stat: memcg.stat,
    },
    tasks: tasks?.map(
      ({
        pid,
        uid,
        tgid,
        name,
        totalVm,
        rss,
        rssAnon,
        rssFile,
        rssShmem,
        pgtablesBytes,
        swapents,
        oomScoreAdj: adj,
      }) => ({ pid, uid, tgid, name, totalVm, rss, rssAnon, rssFile, rssShmem, pgtablesBytes, swapents, adj }),
    ),
    selected: selected && { pid: selected.pid, comm: selected.comm, uid: selected.uid },
  };
}

/** By how much the numbers of two lines differ, in pages: the largest. */
function distance(line: ComparedLine): number {
  if (line.result !== 'differing') return Infinity;
  const numbers = (text: string) =>
    [...text.matchAll(/(\d+)(kB)?/g)].map(([, digits, unit]) => Number(digits) / (unit === undefined ? 1 : 4));
  const [a, b] = [numbers(line.printed), numbers(line.rebuilt)];
  return a.length === b.length ? Math.max(...a.map((number, i) => Math.abs(number - b[i]!))) : Infinity;
}

function shown(line: ComparedLine): string {
  return line.result === 'differing'
    ? `printed ${line.printed}\nrebuilt ${line.rebuilt}`
    : `${line.result}: ${line.line}`;
}
