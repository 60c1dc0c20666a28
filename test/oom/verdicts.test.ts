import type { Finding } from 'oompm';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge, rejected, reportsIn, zoneTries, zoneTypes, type OomReport } from '../../src/oom/index.js';
import { dumpsDir } from '../dumps.js';
import { globalReport, memcgReport } from './text.js';

const global = reportsIn(globalReport)[0]!;
const memcg = reportsIn(memcgReport)[0]!;

function found(report: OomReport, id: string): Finding | undefined {
  return judge(report).find((judgement) => judgement.id === id);
}
function changed(text: string, ...changes: [from: string | RegExp, to: string][]): OomReport {
  return reportsIn(
    changes.reduce((all, [from, to]) => {
      const next = all.replace(from, to);
      expect(next, `${String(from)} is in the text`).not.toBe(all);
      return next;
    }, text),
  )[0]!;
}
function why(report: OomReport, id: string): string | undefined {
  return rejected(report).find((one) => one.id === id)?.because;
}

describe('watermark', () => {
  test('below min, and lowmem_reserve', () => {
    const judgement = found(global, 'oom.watermark')!;
    expect(judgement.certainty).toBe('certain');
    expect(judgement.sentence).toContain('Node 0 Normal is below its min watermark (86.1 MiB free, min 86.4 MiB)');
    expect(judgement.sentence).toContain(
      'Node 0 DMA32 is above its min watermark (58.5 MiB free, min 23.5 MiB) but its lowmem_reserve for Normal requests (35.1 MiB) forbids it',
    );
    expect(judgement.evidence).toEqual([
      'Node 0 Normal: free 88188 kB ≤ min 88444 kB',
      'Node 0 DMA32: free 59900 kB − lowmem_reserve 35964 kB = 23936 kB ≤ min 24044 kB',
      'Node 0 DMA: free 13296 kB − lowmem_reserve 45612 kB = -32316 kB ≤ min 144 kB',
    ]);
  });
  test('not where a zone could serve it: then memory came free again', () => {
    const report = changed(globalReport, ['Normal free:88188kB', 'Normal free:98188kB']);
    expect(found(report, 'oom.watermark')).toBeUndefined();
    expect(why(report, 'oom.watermark')).toContain('Node 0 Normal could serve it');
    expect(found(report, 'oom.nothing-wrong')!.sentence).toContain('9.52 MiB were freed since it failed');
  });
  test('exactly at the watermark is not enough', () => {
    expect(found(changed(globalReport, ['Normal free:88188kB', 'Normal free:88444kB']), 'oom.watermark')).toBeDefined();
  });
  test('CMA and the highatomic reserve are closed to the kernel', () => {
    const report = changed(
      globalReport,
      ['0x100cca(GFP_HIGHUSER_MOVABLE)', '0xcc0(GFP_KERNEL)'],
      ['Normal free:88188kB', 'Normal free:98188kB'],
      [/(Node 0 Normal.*reserved_highatomic:)0KB(.*free_cma:)0kB/, '$14096KB$28192kB'],
    );
    expect(zoneTries(report)![0]!.arithmetic.text).toBe(
      'Node 0 Normal: free 98188 kB − highatomic 4096 kB − free CMA 8192 kB = 85900 kB ≤ min 88444 kB',
    );
  });
  test('an atomic request goes deeper into the reserve', () => {
    const report = changed(globalReport, ['0x100cca(GFP_HIGHUSER_MOVABLE)', '0xa20(GFP_ATOMIC)']);
    expect(zoneTries(report)![0]!.refusal).toBeUndefined();
  });
  test('fragmentation is told apart from shortage', () => {
    const report = changed(globalReport, ['order=0', 'order=9'], ['Normal free:88188kB', 'Normal free:188188kB']);
    const [normal] = zoneTries(report)!;
    expect(normal!.refusal?.text).toContain('is fragmented');
    expect(normal!.refusal?.text).toContain('no block of 2048 kB');
    expect(found(report, 'oom.prevention.order')).toBeDefined();
    expect(
      zoneTries(changed(globalReport, ['order=0', 'order=3'], ['Normal free:88188kB', 'Normal free:188188kB']))![0]!
        .refusal,
    ).toBeUndefined();
  });
  test('a DMA request is not refused by zones that it could not use', () => {
    const report = changed(globalReport, ['0x100cca(GFP_HIGHUSER_MOVABLE)', '0xcc1(GFP_KERNEL|GFP_DMA)']);
    expect(zoneTries(report)!.map((one) => one.zone.name)).toEqual(['DMA']);
  });
  test('by the release alone it is likely', () => {
    expect(
      found(changed(globalReport, ['0x100cca(GFP_HIGHUSER_MOVABLE)', '0x100cca']), 'oom.watermark')!.certainty,
    ).toBe('likely');
  });
  test.each([
    [['DMA', 'DMA32', 'Normal'], 5, ['DMA', 'DMA32', 'Normal', 'Movable', 'Device']],
    [['DMA32', 'Normal'], 3, ['DMA32', 'Normal', 'Movable']],
    [['DMA', 'HighMem'], 4, ['DMA', 'Normal', 'HighMem', 'Movable']],
    [['Normal'], 2, ['Normal', 'Movable']],
    [['DMA', 'Normal', 'HighMem'], 4, ['DMA', 'Normal', 'HighMem', 'Movable']],
  ])('zones %j with %i reserves', (names, length, types) => {
    expect(
      zoneTypes(names.map((name) => ({ name, kB: {}, lowmemReservePages: Array.from({ length }, () => 0) }))),
    ).toEqual(types);
  });
});

describe('memory-held', () => {
  test('the process, its share, and huge pages', () => {
    expect(found(global, 'oom.memory-held.process')!.sentence).toBe(
      "10.65 GiB of 11.18 GiB managed is the anonymous memory of a.out (pid 5532); 95 % of the machine's anonymous memory is in transparent huge pages.",
    );
  });
  test('the shares add up to all that is managed', () => {
    const { evidence } = found(global, 'oom.memory-held.shares')!;
    const sizes = evidence.map((line) => Number(/: (-?\d+) kB/.exec(line)![1]));
    expect(sizes.slice(0, -1).reduce((sum, size) => sum + size, 0)).toBe(sizes.at(-1));
    expect(sizes.at(-1)).toBe((3145595 - 214081) * 4);
  });
  test('no process where none is large', () => {
    const report = changed(globalReport, ['2793370', '93370'], [/anon-rss:11172224kB/, 'anon-rss:372224kB']);
    expect(found(report, 'oom.memory-held.process')).toBeUndefined();
    expect(found(report, 'oom.victim.small')!.sentence).toContain('No process is the consumer');
    // The largest, yet with a thirtieth of the machine's memory.
    expect(found(report, 'oom.victim.chosen')!.sentence).toMatch(/^The victim is the largest process: a\.out /);
    expect(found(global, 'oom.victim.chosen')!.sentence).toMatch(/^The victim is the consumer: a\.out /);
  });
  test('slab by cache, hugetlb unused, memory that no counter accounts for', () => {
    const slab = changed(
      globalReport,
      ['inactive_anon:2820935', 'inactive_anon:820935'],
      ['slab_unreclaimable:18581', 'slab_unreclaimable:2018581'],
      [
        '[  130.801864] Tasks',
        'Unreclaimable slab info:\nName                      Used          Total\nlab_session         8000000KB     8000000KB\nfilp                12KB   12KB\n[  130.801864] Tasks',
      ],
    );
    expect(found(slab, 'oom.memory-held.slab')!.sentence).toContain('the largest cache is lab_session');
    expect(found(slab, 'oom.prevention.slab')!.sentence).toContain('slab cache lab_session');
    const pool = changed(
      globalReport,
      ['inactive_anon:2820935', 'inactive_anon:820935'],
      ['hugepages_total=0 hugepages_free=0 ', 'hugepages_total=7 hugepages_free=7 '],
    );
    expect(found(pool, 'oom.memory-held.hugetlb')!.sentence).toContain('none of it is used by anyone');
    expect(found(pool, 'oom.prevention.hugetlb')).toBeDefined();
    const lost = changed(globalReport, ['inactive_anon:2820935', 'inactive_anon:820935']);
    expect(found(lost, 'oom.memory-held.unaccounted')!.certainty).toBe('likely');
    for (const id of ['slab', 'hugetlb', 'unaccounted']) expect(found(global, `oom.memory-held.${id}`)).toBeUndefined();
    expect(found(global, 'oom.prevention.slab')).toBeUndefined();
  });
  test('what only memory tells is named', () => {
    const report: OomReport = {
      ...changed(globalReport, ['shmem:2213', 'shmem:1502213']),
      beyond: {
        tmpfs: [
          {
            mount: '/srv/cache',
            usedPages: 1_500_000,
            limitPages: null,
            largest: [{ path: '/srv/cache/blob', bytes: 5_000_000_000 }],
          },
        ],
      },
    };
    expect(found(report, 'oom.memory-held.shmem')!.sentence).toContain('/srv/cache holds 5.72 GiB');
    expect(found(report, 'oom.prevention.tmpfs')!.sentence).toContain('/srv/cache/blob alone has 4.66 GiB');
    expect(found(global, 'oom.memory-held.shmem')).toBeUndefined();
  });
  test('of a cgroup', () => {
    expect(found(memcg, 'oom.memory-held.shares')!.sentence).toContain('39.8 MiB (99 %) is anonymous memory');
  });
});

describe('reclaim', () => {
  test('no swap, no page cache, given up', () => {
    const { sentence } = found(global, 'oom.reclaim')!;
    expect(sentence).toContain('there is no swap');
    expect(sentence).toContain('the page cache is exhausted (348 KiB left)');
    expect(sentence).toContain('given up on node 0');
  });
  test('swap that is full', () => {
    expect(
      found(changed(globalReport, ['Total swap = 0kB', 'Total swap = 4194300kB']), 'oom.reclaim')!.sentence,
    ).toContain('swap is full (0 KiB of 4 GiB left)');
  });
  test('not with room in swap and a page cache', () => {
    const report = changed(
      globalReport,
      ['Free swap  = 0kB', 'Free swap  = 4194300kB'],
      ['Total swap = 0kB', 'Total swap = 4194300kB'],
      ['inactive_file:59 ', 'inactive_file:500059 '],
      ['all_unreclaimable? yes', 'all_unreclaimable? no'],
    );
    expect(found(report, 'oom.reclaim')).toBeUndefined();
  });
});

describe('constraint', () => {
  test('none', () => {
    expect(found(global, 'oom.constraint')!.sentence).toContain('No cgroup, cpuset or memory policy');
  });
  test("a cgroup's limit", () => {
    expect(found(memcg, 'oom.constraint')).toMatchObject({
      certainty: 'certain',
      sentence:
        "The limit of /lab.slice/job.scope was hit, not the machine's memory: 40 MiB used of 40 MiB, and it had run into the limit 20 times.",
    });
    expect(found(memcg, 'oom.prevention.limit')!.sentence).toContain('/lab.slice/job.scope');
  });
  test('a cpuset, with what other nodes have', () => {
    const report = changed(globalReport, ['CONSTRAINT_NONE', 'CONSTRAINT_CPUSET'], ['free:40346', 'free:540346']);
    expect(found(report, 'oom.constraint')!.sentence).toContain('other nodes have 1.91 GiB free');
    expect(found(report, 'oom.prevention.cpuset')).toBeDefined();
  });
  test('a cpuset whose nodes have only zones that the request may not use', () => {
    const report = changed(
      globalReport,
      ['CONSTRAINT_NONE', 'CONSTRAINT_CPUSET'],
      ['0x100cca(GFP_HIGHUSER_MOVABLE)', '0x100cc2(GFP_HIGHUSER)'],
      [/.*Node 0 DMA(?:32)?[ :][^\n]*\n(?:.*lowmem[^\n]*\n)?/g, ''],
      [/Node 0 Normal/g, 'Node 0 Movable'],
    );
    expect(found(report, 'oom.constraint')!.sentence).toContain(
      'have only zones that it may not use (Node 0 Movable 86.1 MiB free',
    );
  });
  test('a policy', () => {
    const report = changed(globalReport, ['CONSTRAINT_NONE,nodemask=(null)', 'CONSTRAINT_MEMORY_POLICY,nodemask=1']);
    expect(found(report, 'oom.prevention.policy')!.sentence).toContain('nodemask 1');
    expect(found(report, 'oom.constraint')!.sentence).toContain('what the other nodes have is not in the report');
  });
  test('not told where the report ends before and every node is shown', () => {
    expect(why(changed(globalReport, [/.*oom-kill:constraint[^]*/, '']), 'oom.constraint')).toContain('does not say');
  });
});

describe('victim', () => {
  test('is the consumer, and was reaped', () => {
    expect(found(global, 'oom.victim.chosen')!.sentence).toBe(
      'The victim is the consumer: a.out (pid 5532) held the most (10.68 GiB with its page tables and swap), and it was reaped to 0 KiB; next would have been (sd-pam) (pid 5267) with 5.99 MiB.',
    );
  });
  test('a protected consumer', () => {
    const report = changed(
      globalReport,
      [/22437888 {8}0 {13}0 a\.out/, '22437888 0 -1000 postgres'],
      [/\[[^\n]*oom-kill:constraint[^]*/, ''],
    );
    expect(found(report, 'oom.victim.hidden')!.sentence).toContain(
      'postgres (pid 5532) holds 10.66 GiB (95 %) and is kept from being chosen by its oom_score_adj of -1000',
    );
    expect(found(report, 'oom.prevention.adj')).toBeDefined();
    expect(found(global, 'oom.victim.hidden')).toBeUndefined();
  });
  test('a panic in place of a kill', () => {
    const report = changed(globalReport, [
      /oom-kill:constraint[^]*/,
      'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n',
    ]);
    expect(found(report, 'oom.victim.panic')!.sentence).toContain('the victim would have been a.out (pid 5532)');
  });
  test('a group is killed with its victim, which is printed twice', () => {
    const killed = (pid: number) =>
      `Memory cgroup out of memory: Killed process ${pid} (a.out) total-vm:5244kB, anon-rss:72kB`;
    const kills = ['Tasks in /job are going to be killed due to memory.oom.group set', killed(171), killed(172)];
    const report = changed(memcgReport, [
      /(Memory cgroup out of memory: Killed process \d+)([^\n]*)\n/,
      `$1$2\n${kills.join('\n')}\n$1$2\n`,
    ]);
    const { sentence, evidence } = found(report, 'oom.victim.group')!;
    expect(sentence).toBe('All tasks of /job were killed with it (memory.oom.group): 3 in all.');
    expect(evidence).toHaveLength(3);
  });
  test('a kill line alone says that it can not be told', () => {
    expect(found(reportsIn(globalReport.split('\n').at(-3)!)[0]!, 'oom.victim.chosen')!.sentence).toContain(
      'there is no task table',
    );
  });
});

describe('nothing wrong', () => {
  test('by hand, with memory free', () => {
    const report = changed(globalReport, ['order=0', 'order=-1'], ['Normal free:88188kB', 'Normal free:8818800kB']);
    expect(judge(report)[0]!.id).toBe('oom.nothing-wrong');
    expect(found(report, 'oom.prevention.sysrq')).toBeDefined();
    for (const id of ['oom.watermark', 'oom.reclaim', 'oom.constraint']) expect(found(report, id)).toBeUndefined();
  });
  test('not where memory was short', () => {
    expect(why(global, 'oom.nothing-wrong')).toContain('no zone');
    expect(found(global, 'oom.prevention.sysrq')).toBeUndefined();
  });
});

const shared = resolve(import.meta.dirname, '../../../shared');
const dumps = dumpsDir();
const files = [
  ...(existsSync(`${shared}/oom-logs`)
    ? readdirSync(`${shared}/oom-logs`)
        .filter((name) => name.endsWith('.log'))
        .map((name) => `${shared}/oom-logs/${name}`)
    : []),
  ...(dumps === undefined
    ? []
    : readdirSync(dumps)
        .map((name) => join(dumps, name, 'kernel.log'))
        .filter((file) => existsSync(file))),
];
if (files.length === 0) console.log('skipped: neither the field logs nor the dumps are there');

describe.skipIf(files.length === 0)('on real reports', () => {
  test.each(files)('%s: every sentence is whole', (file) => {
    for (const report of reportsIn(readFileSync(file))) {
      for (const judgement of judge(report)) {
        expect(judgement.sentence).toMatch(/^.*[^ ]\.$/);
        expect([judgement.sentence, ...judgement.evidence].join('\n')).not.toMatch(
          /NaN|undefined|Infinity|\[object|[^(]null/,
        );
      }
    }
  });
});

const owners = `${shared}/cases/oom-5.10-openeuler.log`;
describe.skipIf(!existsSync(owners))("the owner's case", () => {
  test('says what it must', () => {
    const reports = reportsIn(readFileSync(owners));
    expect(reports).toHaveLength(2);
    expect(reports[0]).toMatchObject({
      kills: [{ pid: 5515, anonRssKB: 10875852 }],
      reaped: [{ pid: 5515, anonRssKB: 0 }],
    });
    const said = judge(reports[1]!)
      .map((judgement) => judgement.sentence)
      .join('\n');
    for (const words of [
      'order 0, one page of 4 kB, for a user page, movable',
      '10.65 GiB of 11.18 GiB managed is the anonymous memory of a.out',
      "95 % of the machine's anonymous memory is in transparent huge pages",
      'Node 0 Normal is below its min watermark',
      'Node 0 DMA32 is above its min watermark (58.5 MiB free, min 23.5 MiB) but its lowmem_reserve for Normal requests (35.1 MiB) forbids it',
      'Node 0 DMA is above its min watermark',
      'there is no swap',
      'the page cache is exhausted',
      'constraint none',
      'The victim is the consumer: a.out (pid 5532)',
      'it was reaped to 0 KiB',
    ])
      expect(said).toContain(words);
  });
});
