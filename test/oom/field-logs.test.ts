import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reportsIn, scopeOf, type OomReport, type Scope } from '../../src/oom/index.js';

/** 100 logs from the field with what each states: a folder beside the project, not part of it. */
const folder = resolve(import.meta.dirname, '../../../shared/oom-logs');
const present = existsSync(`${folder}/index.json`);
if (!present) console.log(`skipped: ${folder} is not there; it holds the field logs and their index`);

interface Facts {
  invoker: string | null;
  gfp_mask: string | null;
  order: number | null;
  oom_score_adj: number | null;
  killed_pid: number | null;
  killed_comm: string | null;
  anon_rss_kb: number | null;
  constraint: string | null;
  memcg: string | null;
  ram_pages: number | null;
  free_swap_kb: number | null;
  total_swap_kb: number | null;
}
interface Entry {
  file: string;
  trigger: string | null;
  kernel: string | null;
  arch: string | null;
  events: number | null;
  facts: Facts;
  facts_event: number | null;
  selected_victim?: { pid: number; comm: string };
}

const index: Entry[] = present ? (JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as Entry[]) : [];

/** Column of a file: why the text, not the index, is right. */
const explained: Readonly<Record<string, string>> = {
  '025-btrfs-5.0-dmesgT-quoted-headless.log invoker':
    'the opening line is truncated, but the CPU line names the task: kworker/u8:4',
  '027-mkfs-5.7-rc6-next-i386-tty.log arch':
    'the text is of a 32-bit ARM board (Generic DRA74X, unwind_backtrace, ret_fast_syscall)',
  '153-syz-4.19-arm64-kills-then-bug.log scope':
    'the line of the first kill does not say what ran out; the index has it from the event after it',
  '150-ip-order3-elided.log scope':
    'unreclaimable slab is listed only for the whole machine; the index says so of 151, and nothing of 150',
  '142-adb-arm64-kill-storm.log events': 'the index does not count them; five kills without a trigger are five events',
};
/** The architecture stands nowhere in what the report holds, only outside it or in no line at all. */
const noSignOfArchitecture = ['021', '040', '062', '068', '142', '153', '156', '157', '173'];
const nearlyRight: Readonly<Record<string, string>> = {
  '061-mlocate-5.9-parisc64.log arch': 'parisc: 32 and 64 bits have the same signs',
};

/** The index's words for ours. */
const scopes: Readonly<Record<string, Scope>> = {
  global: 'global',
  memcg: 'memcg',
  cpuset: 'cpuset',
  policy: 'policy',
  'alloc-failure': 'allocation failure',
};

function columnsOf(entry: Entry, reports: readonly OomReport[]): Record<string, [wanted: unknown, got: unknown]> {
  const report = reports[(entry.facts_event ?? 1) - 1];
  const kill = report?.kills[0];
  const { facts } = entry;
  return {
    invoker: [facts.invoker, report?.event.comm ?? null],
    gfp_mask: [facts.gfp_mask, report?.event.gfp === undefined ? null : `0x${report.event.gfp.mask.toString(16)}`],
    order: [facts.order, report?.event.order ?? null],
    oom_score_adj: [facts.oom_score_adj, report?.event.oomScoreAdj ?? null],
    killed_pid: [facts.killed_pid, kill?.pid ?? null],
    killed_comm: [facts.killed_comm, kill?.comm ?? null],
    anon_rss_kb: [facts.anon_rss_kb, kill?.anonRssKB ?? null],
    constraint: [facts.constraint, report?.event.constraint ?? null],
    memcg: [facts.memcg, report?.memcg?.path ?? null],
    ram_pages: [facts.ram_pages, report?.totals?.ram ?? null],
    free_swap_kb: [facts.free_swap_kb, report?.swap?.freeKB ?? null],
    total_swap_kb: [facts.total_swap_kb, report?.swap?.totalKB ?? null],
    events: [entry.events, reports.length],
    scope: [scopes[entry.trigger ?? ''] ?? 'unknown', report === undefined ? null : scopeOf(report)],
    kernel: [entry.kernel, report?.kernel.release ?? null],
    arch: [entry.arch, report?.kernel.architecture ?? null],
  };
}

describe.skipIf(!present)('the logs from the field', () => {
  const right = new Map<string, number>();
  /** Misses where the text plainly says otherwise than the index. */
  const byText = new Map<string, number>();
  const read = new Map(index.map((entry) => [entry.file, reportsIn(readFileSync(`${folder}/${entry.file}`))]));

  test.each(index)('$file', (entry) => {
    const reports = read.get(entry.file)!;
    expect(reports.length, 'no text is refused').toBeGreaterThan(0);
    const misses: string[] = [];
    for (const [column, [wanted, got]] of Object.entries(columnsOf(entry, reports))) {
      if (got === wanted) right.set(column, (right.get(column) ?? 0) + 1);
      else misses.push(`${entry.file} ${column}`);
      if (explained[`${entry.file} ${column}`] !== undefined) byText.set(column, (byText.get(column) ?? 0) + 1);
    }
    const unexplained = misses.filter(
      (miss) =>
        explained[miss] === undefined &&
        nearlyRight[miss] === undefined &&
        !(miss.endsWith(' arch') && noSignOfArchitecture.includes(entry.file.slice(0, 3))),
    );
    expect(unexplained).toEqual([]);
  });

  test.each(index.filter((entry) => entry.selected_victim !== undefined))(
    '$file: the victim is named, no kill line exists',
    (entry) => {
      const report = read.get(entry.file)![(entry.facts_event ?? 1) - 1]!;
      expect({ pid: report.selected?.pid, comm: report.selected?.comm }).toEqual(entry.selected_victim);
      expect(report.missing).toContainEqual(expect.stringContaining('kill line'));
    },
  );

  test('each fact is right in at least 99 of 100 texts', () => {
    const low = [...right].filter(
      ([column, count]) => column !== 'arch' && count + (byText.get(column) ?? 0) < index.length * 0.99,
    );
    expect(low).toEqual([]);
  });

  afterAll(() => {
    console.log(
      `field logs, right of ${index.length}: ${[...right].map(([column, count]) => `${column} ${count}`).join(', ')}`,
    );
  });
});
