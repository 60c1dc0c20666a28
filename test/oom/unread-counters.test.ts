import type { Finding } from 'oompm';
import { describe, expect, test } from 'vitest';
import { afterwards, badnessOf, consumers, judge, reportsIn, type OomReport } from 'oompm/oom';

import { zonesView } from '../../plugins/oom/views/memory.js';
import { globalReport, memcgReport } from './text.js';

const without = (...patterns: RegExp[]): OomReport =>
  reportsIn(patterns.reduce((text, pattern) => text.replace(pattern, ''), globalReport))[0]!;
const changed = (from: RegExp, to: string): OomReport => reportsIn(globalReport.replace(from, to))[0]!;
const found = (report: OomReport, id: string): Finding | undefined => judge(report).find((one) => one.id === id);
const whole = reportsIn(globalReport)[0]!;
const normal = whole.zones!.at(-1)!;
const withNormal = (counters: Readonly<Record<string, number | undefined>>): OomReport => ({
  ...whole,
  zones: [...whole.zones!.slice(0, -1), { ...normal, kB: { ...normal.kB, ...counters } }],
});

describe('a zone whose counters are not there is not one with 0', () => {
  test('the watermark check is reckoned with what is there, or not at all', () => {
    expect(found(whole, 'oom.watermark')?.sentence).toContain('Node 0 Normal is below its min watermark');
    expect(found(withNormal({ free: 0 }), 'oom.watermark')?.sentence).toContain(
      'Node 0 Normal is below its min watermark (0 KiB free',
    );
    for (const report of [
      withNormal({ free: undefined }),
      withNormal({ min: undefined }),
      without(/.*lowmem_reserve\[\]: 0 0 8991.*\n/),
    ]) {
      expect(found(report, 'oom.watermark')).toBeUndefined();
      expect([...zonesView(report)!.rows].map(({ cells }) => cells['reckoning'])).toEqual([null, null, null]);
    }
  });

  test('a zone that the request may not use is told as one only where the request is known', () => {
    const dma = changed(/gfp_mask=\w+\(GFP_HIGHUSER_MOVABLE\)/, 'gfp_mask=0xcc1(GFP_KERNEL|GFP_DMA)');
    const reckoned = (report: OomReport): unknown[] =>
      [...zonesView(report)!.rows].map(({ cells }) => cells['reckoning']);
    expect(reckoned(dma).slice(1)).toEqual(['not usable by the request', 'not usable by the request']);
    const { gfp: _, ...event } = dma.event;
    expect(reckoned({ ...dma, event })).toEqual([null, null, null]);
  });

  test('by hand: what was free is said of zones that tell it', () => {
    const byHand = (report: OomReport): OomReport => ({ ...report, event: { ...report.event, order: -1 } });
    expect(found(byHand(withNormal({ free: 200_000 })), 'oom.nothing-wrong')?.sentence).toContain(
      'Nothing was wrong with memory',
    );
    expect(found(byHand(withNormal({ free: undefined })), 'oom.nothing-wrong')).toBeUndefined();
    expect(found(byHand(withNormal({ low: undefined })), 'oom.nothing-wrong')).toBeUndefined();
  });
});

describe('reclaim', () => {
  test('a page cache that the report does not tell is not exhausted; one of 0 pages is', () => {
    const sentence = (report: OomReport): string => found(report, 'oom.reclaim')!.sentence;
    expect(sentence(changed(/active_file:28 inactive_file:59/, 'active_file:0 inactive_file:0'))).toContain(
      'the page cache is exhausted (0 KiB left)',
    );
    expect(sentence(changed(/active_file:28 inactive_file:59/, 'active_file:28'))).not.toContain('page cache');
    expect(sentence(changed(/active_anon:285 /, ''))).toMatch(/there is no swap(?!, so)/);
  });

  test("a cgroup's", () => {
    const cgroup = reportsIn(memcgReport.replace('file 0\n', 'file 0\nactive_file 0\ninactive_file 0\n'))[0]!;
    expect(found(cgroup, 'oom.reclaim')?.sentence).toContain('its page cache is exhausted (0 KiB left)');
    const { inactive_file: _, ...stat } = cgroup.memcg!.stat!;
    expect(found({ ...cgroup, memcg: { ...cgroup.memcg!, stat } }, 'oom.reclaim')?.sentence ?? '').not.toContain(
      'page cache',
    );
  });
});

test('what was reaped is told where the line says what is left', () => {
  const chosen = (report: OomReport): string => found(report, 'oom.victim.chosen')!.sentence;
  expect(chosen(whole)).toContain('it was reaped to 0 KiB');
  const cut = changed(/, now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB/, ', now');
  expect(chosen(cut)).toContain('and it was reaped;');
});

test('swap that a table does not count is not shown as 0', () => {
  const ranking = (report: OomReport): string => found(report, 'oom.victim.chosen')!.evidence[0]!;
  expect(ranking(whole)).toContain(', swap 0 kB,');
  expect(
    ranking({
      ...whole,
      tasks: whole.tasks!.map((task) => {
        const { swapents: _, ...rest } = task;
        return rest;
      }),
    }),
  ).not.toContain('swap');
});

test('an oom_score_adj is not measured against memory without its swap where memory could not tell how much that is', () => {
  const { swap: _, ...swapless } = whole;
  const points = (report: OomReport): unknown[] =>
    badnessOf(report)
      .map((one) => one.points)
      .filter((one) => one === undefined);
  // A kernel without swap prints no line of it.
  expect(points(swapless)).toEqual([]);
  expect(points({ ...swapless, source: 'memory' }).length).toBeGreaterThan(0);
});

describe('what memory could not tell in full', () => {
  const quarter = 732_878;
  const memory: OomReport = {
    ...whole,
    source: 'memory',
    memInfo: { ...whole.memInfo, inactive_anon: 1_000_000 },
    beyond: { pipes: { count: 10, pages: quarter } },
  };

  test('is named where not all memory is accounted for, and a count of it is a least one', () => {
    const partly: OomReport = { ...memory, incomplete: { 'beyond.pipes': 'a pipe (page damaged)' } };
    expect(found(memory, 'oom.memory-held.pipes')).toMatchObject({
      certainty: 'certain',
      sentence: expect.stringMatching(/^2\.8 GiB of .* is data in 10 pipes/) as string,
    });
    expect(found(partly, 'oom.memory-held.pipes')).toMatchObject({
      certainty: 'likely',
      sentence: expect.stringMatching(/^At least 2\.8 GiB of .* is data in at least 10 pipes/) as string,
    });
    expect(found(memory, 'oom.memory-held.shares')?.sentence).toMatch(/ is not accounted for\.$/);
    expect(found(partly, 'oom.memory-held.shares')?.sentence).toMatch(
      / is not accounted for; what could not be read of pipes is a part of that\.$/,
    );
    expect(consumers(memory)!.unread).toEqual([]);
    expect(
      consumers({ ...memory, beyond: {}, incomplete: { 'beyond.pipes': 'x', 'beyond.percpuPages': 'x' } })!.unread,
    ).toEqual(['per-CPU memory', 'pipes']);
  });

  test('free memory without what each CPU keeps is a least one', () => {
    expect(afterwards(memory, undefined)[0]!.sentence).toMatch(/: \d[\d.]* MiB of /);
    const unread = { ...withNormal({ free_pcp: undefined }), source: 'memory' as const };
    expect(afterwards(unread, undefined)[0]!.sentence).toMatch(/: at least \d[\d.]* MiB of /);
  });

  test("a cgroup's kill: what the machine had free is told where all of it is known", () => {
    const cgroup: OomReport = { ...reportsIn(memcgReport)[0]!, memInfo: { free: 1000, free_pcp: 24 } };
    expect(found(cgroup, 'oom.constraint')?.sentence).toContain('the machine had 4 MiB free');
    expect(found({ ...cgroup, memInfo: { free: 1000 } }, 'oom.constraint')?.sentence).not.toContain('the machine had');
  });
});
