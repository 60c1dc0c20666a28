import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reportsIn, type OomReport } from '../../src/oom/index.js';

/** 100 logs from the field with what each states: a folder beside the project, not part of it. */
const folder = resolve(import.meta.dirname, '../../../shared/oom-logs');
const present = existsSync(`${folder}/index.json`);
if (!present) console.log(`skipped: ${folder} is not there; it holds the field logs and their index`);

interface Facts {
  invoker: string | null; gfp_mask: string | null; order: number | null; oom_score_adj: number | null; killed_pid: number | null; killed_comm: string | null;
  anon_rss_kb: number | null; constraint: string | null; memcg: string | null; ram_pages: number | null; free_swap_kb: number | null; total_swap_kb: number | null;
}
interface Entry {
  file: string; kernel: string | null; arch: string | null; events: number | null; facts: Facts; facts_event: number | null;
  selected_victim?: { pid: number; comm: string };
}

const index: Entry[] = present ? JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as Entry[] : [];

/** Column of a file: why the text, not the index, is right, or why it can't be known. */
const explained: Readonly<Record<string, string>> = {
  '025-btrfs-5.0-dmesgT-quoted-headless.log invoker': 'the opening line is cut, but the CPU line names the task: kworker/u8:4',
  '027-mkfs-5.7-rc6-next-i386-tty.log arch': 'the text is of a 32-bit ARM board (Generic DRA74X, unwind_backtrace, ret_fast_syscall)',
  '142-adb-arm64-kill-storm.log events': 'the index does not count them; five kills without a trigger are five events',
};
/** The architecture stands nowhere in what the report holds, only outside it or in no line at all. */
const noSignOfArchitecture = ['021', '040', '062', '068', '142', '153', '156', '157', '173'];
const nearlyRight: Readonly<Record<string, string>> = { '061-mlocate-5.9-parisc64.log arch': 'parisc: 32 and 64 bits have the same signs' };

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
    kernel: [entry.kernel, report?.kernel.release ?? null],
    arch: [entry.arch, report?.kernel.architecture ?? null],
  };
}

describe.skipIf(!present)('the logs from the field', () => {
  const right = new Map<string, number>();
  const read = new Map(index.map((entry) => [entry.file, reportsIn(readFileSync(`${folder}/${entry.file}`))]));

  test.each(index)('$file', (entry) => {
    const reports = read.get(entry.file)!;
    expect(reports.length, 'no text is refused').toBeGreaterThan(0);
    const misses: string[] = [];
    for (const [column, [wanted, got]] of Object.entries(columnsOf(entry, reports))) {
      if (got === wanted) right.set(column, (right.get(column) ?? 0) + 1);
      else misses.push(`${entry.file} ${column}`);
    }
    const unexplained = misses.filter((miss) => explained[miss] === undefined && nearlyRight[miss] === undefined
      && !(miss.endsWith(' arch') && noSignOfArchitecture.includes(entry.file.slice(0, 3))));
    expect(unexplained).toEqual([]);
  });

  test.each(index.filter((entry) => entry.selected_victim !== undefined))('$file: the victim is named, no kill line exists', (entry) => {
    const report = read.get(entry.file)![(entry.facts_event ?? 1) - 1]!;
    expect({ pid: report.selected?.pid, comm: report.selected?.comm }).toEqual(entry.selected_victim);
    expect(report.missing).toContainEqual(expect.stringContaining('kill line'));
  });

  test('each fact is right in at least 99 of 100 texts', () => {
    const low = [...right].filter(([column, count]) => column !== 'arch' && count < index.length * 0.99);
    expect(low).toEqual([]);
  });

  afterAll(() => {
    console.log(`field logs, right of ${index.length}: ${[...right].map(([column, count]) => `${column} ${count}`).join(', ')}`);
  });
});
