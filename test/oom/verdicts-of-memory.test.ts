import type { Finding } from 'oompm';
import { describe, expect, test } from 'vitest';
import {
  afterwards,
  judge,
  rejected,
  reportsIn,
  type BeyondTheLog,
  type OomReport,
  type ShmemFile,
  type TmpfsState,
  type VictimState,
} from '../../src/oom/index.js';
import { amissIn } from '../words/untold.js';
import { globalReport, memcgReport } from './text.js';

const global = reportsIn(globalReport)[0]!;
const memcg = reportsIn(memcgReport)[0]!;
/** Of the report's 11726056 kB. */
const quarter = 732_878; // pages

function found(report: OomReport, id: string): Finding | undefined {
  return judge(report).find((judgement) => judgement.id === id);
}
const withMemory = (beyond: BeyondTheLog, more: Partial<OomReport> = {}): OomReport => ({ ...global, ...more, beyond });

describe('what holds memory beside the processes', () => {
  test('pipes, and who has them open', () => {
    const judgement = found(
      withMemory({
        pipes: {
          count: 1489,
          pages: quarter,
          holders: [
            { comm: 'leaky', pid: 61, pages: 700_000 },
            { comm: 'other', pid: 62, pages: 1 },
          ],
        },
      }),
      'oom.memory-held.pipes',
    )!;
    expect(judgement.sentence).toBe(
      "2.8 GiB of 11.18 GiB (25 %) is data in 1489 pipes that nobody has read: kernel memory that is in no process's rss, so the OOM killer can't see whose it is; open in leaky (pid 61) 2.67 GiB and other (pid 62) 4 KiB.",
    );
    expect(judgement.evidence[0]).toBe(`pipes: 1489, ${quarter} pages = ${quarter * 4} kB`);
    expect(found(withMemory({ pipes: { count: 3, pages: 16 } }), 'oom.memory-held.pipes')).toBeUndefined();
  });

  test('zram: what the pool takes, and that it is full', () => {
    const zram = [{ name: 'zram0', poolPages: 1000, originalBytes: 12_000 * 1024, compressedBytes: 3_900 * 1024 }];
    expect(
      found(withMemory({ zram }, { swap: { totalKB: 12_284, freeKB: 0 } }), 'oom.memory-held.zram')!.sentence,
    ).toBe(
      'zram0 keeps 11.72 MiB that was swapped out in 3.91 MiB of the same memory (under 0.1 % of it): swapping freed 7.81 MiB, and it is full.',
    );
    expect(
      found(withMemory({ zram }, { swap: { totalKB: 12_284, freeKB: 6000 } }), 'oom.memory-held.zram')!.sentence,
    ).not.toContain('it is full');
    expect(found(withMemory({ zram: [{ ...zram[0]!, poolPages: 0 }] }), 'oom.memory-held.zram')).toBeUndefined();
  });

  const slabReport = (more: Partial<OomReport>): OomReport => ({
    ...global,
    memInfo: { ...global.memInfo, slab_unreclaimable: quarter },
    ...more,
  });
  test('slab: the cache by name, and the module that made it', () => {
    const slabCaches = [
      { name: 'session', usedKB: 100, totalKB: 120, reclaimable: false, owner: 'module leak' },
      { name: 'dentry', usedKB: 900, totalKB: 999, reclaimable: true },
    ];
    const judgement = found(slabReport({ beyond: { slabCaches } }), 'oom.memory-held.slab')!;
    expect(judgement.sentence).toContain(
      'nobody owns as far as the OOM killer can see, so no kill frees them; the largest cache is session with 120 KiB, created by module leak.',
    );
    expect(judgement.evidence).toContain('session: the data of module leak points to it');
  });
  test('slab: the module that asked, by the trace, where nothing else tells', () => {
    const trace = [' dump_stack_lvl+0x53/0x70', ' leak_init+0x78/0xff0 [leak]', ' do_one_initcall+0x75/0x1d0'];
    expect(found(slabReport({ trace }), 'oom.memory-held.slab')!.sentence).toContain(
      'the request that failed came from module leak (leak_init)',
    );
    expect(found(slabReport({ trace: trace.slice(0, 1) }), 'oom.memory-held.slab')!.sentence).not.toContain('module');
    expect(found(global, 'oom.memory-held.slab')).toBeUndefined();
  });

  test('shmem: the mount, its files that matter, its limit', () => {
    const memInfo = { ...global.memInfo, shmem: quarter };
    const tmpfs = [
      {
        mount: '/srv',
        usedPages: quarter - 100,
        limitPages: null,
        largest: [
          { path: '/srv/blob', bytes: quarter * 2048 },
          { path: '/srv/note', bytes: 12 },
        ],
      },
      { mount: '/run', usedPages: 100, limitPages: 1000 },
    ];
    expect(found(withMemory({ tmpfs }, { memInfo }), 'oom.memory-held.shmem')!.sentence).toContain(
      '; /srv holds 2.8 GiB (/srv/blob 1.4 GiB), and has no limit.',
    );
    expect(found(withMemory({}, { memInfo }), 'oom.memory-held.shmem')!.sentence).toMatch(
      /can outlive the process that wrote them\.$/,
    );
  });
  describe('what has no name lives by who holds it: not removed, and no word of outliving', () => {
    const memInfo = { ...global.memInfo, shmem: quarter * 2 };
    const logger = { comm: 'logger', pid: 115 };
    const [bytes, usedPages] = [quarter * 4096, quarter];
    const said = (tmpfs: TmpfsState) => {
      const report = withMemory({ tmpfs: [tmpfs] }, { memInfo });
      return ['oom.memory-held.shmem', 'oom.prevention.tmpfs'].map((id) => found(report, id)!.sentence);
    };
    const run = (file: Partial<ShmemFile>, limitPages: number | null = 1000): TmpfsState => ({
      mount: '/run',
      usedPages,
      limitPages,
      largest: [{ path: '/run/app.log', bytes, ...file }],
    });
    const internal = (file: Omit<ShmemFile, 'bytes'>): TmpfsState => ({
      mount: 'memfd, SysV and shared anonymous memory',
      internal: true,
      usedPages,
      limitPages: null,
      largest: [{ bytes, ...file }],
    });

    test('a deleted file', () => {
      const [held, advice] = said(run({ unlinked: true, holders: [logger] }));
      expect(held).toMatch(/; \/run\/app\.log is deleted, and lives for as long as logger \(pid 115\) has it open\.$/);
      expect(held).not.toMatch(/outlive/);
      expect(advice).toMatch(
        /^Make logger \(pid 115\) close \/run\/app\.log, or restart it: it is deleted, has .* is freed with the last/,
      );
      expect(advice).not.toMatch(/remove|no kill|limit/);
      expect(said(run({ unlinked: true }, null))[1]).toMatch(
        /^Find who has \/run\/app\.log open or mapped .*; put a limit on the tmpfs \/run\.$/,
      );
    });
    test('a file that has its name: as ever', () => {
      const [held, advice] = said(run({}));
      expect(held).toMatch(/, which outlive the process that wrote them; \/run holds/);
      expect(advice).toMatch(
        /^Lower the limit of the tmpfs \/run \(.*\), and remove files there: .*no kill frees it\.$/,
      );
    });
    test('a memfd', () => {
      const [held, advice] = said(internal({ path: 'memfd:pool', unlinked: true, holders: [logger, logger] }));
      expect(held).toMatch(/; memfd:pool lives for as long as logger .* have it open\.$/);
      expect(held).not.toMatch(/outlive|limit|deleted/);
      expect(advice).toMatch(/^Make logger .* close memfd:pool, or restart them: /);
      expect(advice).not.toMatch(/remove|no kill/);
    });
    test('a SysV segment stays until it is removed', () => {
      const [held, advice] = said(internal({ path: 'SYSV0000162e', unlinked: true }));
      expect(held).toMatch(/which outlive the process/);
      expect(held).not.toMatch(/lives for/);
      expect(advice).toMatch(/ipcrm.*: SYSV0000162e alone has/);
    });
  });

  test('anonymous memory that the rss of the processes does not hold is not called theirs', () => {
    const row = { pid: 7, tgid: 7, name: 'db', totalVm: 9, rss: 9, oomScoreAdj: 0 };
    const pinned = [{ comm: 'db', pid: 7, pages: 256 }];
    const said = (rssAnon?: number) => {
      const tasks = [rssAnon === undefined ? row : { ...row, rssAnon }];
      return found(withMemory({ pinned }, { tasks }), 'oom.memory-held.shares')!.sentence;
    };
    expect(said(256)).toMatch(
      /is anonymous memory \(the processes of the task table have 1 MiB of it mapped; db \(pid 7\) has 1 MiB pinned\)/,
    );
    for (const usual of [said(1 << 30), said()]) {
      expect(usual).toContain('is anonymous memory of processes');
      expect(usual).not.toMatch(/mapped|pinned/);
    }
  });

  test('unevictable: who locked it', () => {
    const memInfo = { ...global.memInfo, unevictable: quarter };
    expect(
      found(
        withMemory({ locked: [{ comm: 'dpdk', pid: 55, pages: quarter - 1 }] }, { memInfo }),
        'oom.memory-held.unevictable',
      )!.sentence,
    ).toContain('is unevictable: locked by mlock() of dpdk (pid 55) 2.8 GiB; neither swap nor reclaim can touch it.');
    expect(found(withMemory({ locked: [] }, { memInfo }), 'oom.memory-held.unevictable')!.sentence).toContain(
      'locked by mlock() or held by a file system',
    );
  });

  test('hugetlb: what is promised to mappings', () => {
    const hugepages = [{ node: 0, total: 2000, free: 2000, surplus: 0, sizeKB: 2048 }];
    const pool = { sizeKB: 2048, total: 2000, free: 2000, surplus: 0 };
    expect(
      found(withMemory({ hugetlb: [{ ...pool, reserved: 0 }] }, { hugepages }), 'oom.memory-held.hugetlb')!.sentence,
    ).toContain('none of it is used by anyone, nor reserved by any mapping;');
    expect(
      found(withMemory({ hugetlb: [{ ...pool, reserved: 512 }] }, { hugepages }), 'oom.memory-held.hugetlb')!.sentence,
    ).toContain('though 1 GiB is reserved by mappings that have not touched it;');
  });
});

describe('constraint', () => {
  test('nodes that were left out, by what a dump has of them', () => {
    const report = withMemory(
      { otherNodes: [{ node: 1, freePages: 6000, managedPages: 11_000 }] },
      { event: { ...global.event, constraint: 'CONSTRAINT_CPUSET', cpuset: 'node0', memsAllowed: '0' } },
    );
    expect(found(report, 'oom.constraint')!.sentence).toContain('while node 1 has 23.4 MiB free');
    expect(found(report, 'oom.prevention.swap')).toBeUndefined();
  });

  test("a cgroup's limit: what the machine has free, from a dump alone", () => {
    expect(found({ ...memcg, memInfo: { free: 20_000, free_pcp: 480 } }, 'oom.constraint')!.sentence).toMatch(
      /; the machine had 80 MiB free\.$/,
    );
    expect(found(memcg, 'oom.constraint')!.sentence).not.toContain('the machine had');
    expect(found({ ...memcg, swap: { totalKB: 0 } }, 'oom.reclaim')!.sentence).toContain('the machine has no swap');
  });
});

describe('victim', () => {
  test('panic_on_oom: whom the kernel would have chosen is no victim', () => {
    const report: OomReport = {
      ...global,
      kills: [],
      reaped: [],
      panic: 'Out of memory: compulsory panic_on_oom is enabled',
      selected: { pid: 5532, comm: 'a.out' },
    };
    expect(found(report, 'oom.victim.panic')!.sentence).toMatch(
      /^Nobody was killed, .*; the victim would have been a\.out \(pid 5532\) with 10\.68 GiB\.$/,
    );
    expect(found(report, 'oom.victim.chosen')).toBeUndefined();
    expect(found({ ...report, panic: undefined } as unknown as OomReport, 'oom.victim.chosen')).toBeDefined();
  });
});

describe('victims that are still there', () => {
  const thread = {
    pid: 55,
    comm: 'io-thread',
    state: 'D',
    exiting: false,
    asleepNs: 13e9,
    where: ['__schedule', 'schedule', 'schedule_timeout', 'tarpit_read', 'vfs_read'],
  };
  const { asleepNs: _, ...bare } = thread;
  const victim: VictimState = {
    pid: 53,
    comm: 'database',
    killedNs: 12.3e9,
    reaped: true,
    queued: false,
    mayUseReserves: true,
    heldPages: 0,
    threads: [{ ...thread, pid: 53, comm: 'database', exiting: true }, thread],
  };
  const sentence = (changes: Partial<VictimState>) =>
    found(withMemory({ victims: [{ ...victim, ...changes }] }), 'oom.still-there')!.sentence;

  test('reaped, and kept by a thread that sleeps; where it sleeps is what is behind the scheduler', () => {
    expect(sentence({})).toBe(
      "database (pid 53) was killed by the OOM killer 12.3 s before the machine stopped and is still there: its memory has been reaped, but it can't exit, for its thread io-thread (pid 55) is in uninterruptible sleep in tarpit_read().",
    );
    expect(found(withMemory({ victims: [victim] }), 'oom.still-there')).toMatchObject({
      moment: 'dump',
      evidence: [
        expect.stringContaining('MMF_OOM_SKIP is set'),
        expect.stringMatching(/state D for 13 s: .*tarpit_read < vfs_read/) as string,
      ],
    });
  });
  test.each([
    [{ heldPages: 256 }, 'reaped but for 1 MiB'],
    [{ reaped: false, queued: true, heldPages: 256 }, 'it waits for the OOM reaper with 1 MiB'],
    [{ reaped: false, heldPages: 256 }, 'it still holds 1 MiB'],
    [{ threads: [] }, 'but it has not exited: none of its threads has memory any more.'],
    [{ threads: [{ ...thread, where: [] }] }, 'is in uninterruptible sleep.'],
    [
      { threads: [{ ...thread, where: ['__schedule', 'schedule', '? tarpit_read', '? vfs_read'] }] },
      'is in uninterruptible sleep.',
    ],
    [
      { threads: [{ ...thread, where: ['__schedule', 'tarpit_read', '? vfs_read'] }] },
      'is in uninterruptible sleep in tarpit_read().',
    ],
    [
      { threads: [thread, { ...thread, pid: 56, state: 'R', where: ['spin'] }] },
      'its threads io-thread (pid 55) and io-thread (pid 56) are in uninterruptible sleep in tarpit_read() and running or waiting for a CPU in spin()',
    ],
  ] as const)('%o', (changes, words) => {
    expect(sentence(changes)).toContain(words);
  });
  test.each([
    ['runs, or waits for a CPU', { killedNs: 12e9, threads: [{ ...thread, state: 'R' }] }, true],
    ['began to wait just now', { killedNs: 12e9, threads: [{ ...thread, asleepNs: 3e6 }] }, true],
    ['nothing tells when it was killed, nor since when it waits', { threads: [bare] }, false],
  ] as const)('no word of what it can or can not do: %s', (_, changes, killed) => {
    const { killedNs: __, ...unknown } = victim;
    const said = found(withMemory({ victims: [{ ...unknown, ...changes }] }), 'oom.still-there')!.sentence;
    expect(said).toMatch(
      /database \(pid 53\) was killed by the OOM killer.* and is still there: .*, but it has not exited: its thread/,
    );
    expect(said.includes(' 12 s before the machine stopped')).toBe(killed);
  });
  test.each([
    ['R', 3e9],
    ['R', undefined],
    ['D', 3e6],
    ['D', undefined],
    ['S', 60e9],
  ] as const)('killed 15 ms before the end, state %s for %d ns: no finding', (state, asleepNs) => {
    const threads = [{ ...bare, state, ...(asleepNs === undefined ? {} : { asleepNs }) }];
    const report = withMemory({ victims: [{ ...victim, reaped: false, heldPages: 877, killedNs: 15e6, threads }] });
    expect(found(report, 'oom.still-there')).toBeUndefined();
    expect(rejected(report).find(({ id }) => id === 'oom.still-there')?.because).toBe(
      'database (pid 53) was killed only 15 ms before the machine stopped',
    );
  });
  test('killed 15 ms before the end, but it waits for seconds: what it waits for keeps it', () => {
    expect(sentence({ killedNs: 15e6 })).toMatch(/15 ms before the machine stopped .* it can't exit/);
  });
  test('zombies hold nothing: one finding, which names who has to wait for them', () => {
    const zombie = (pid: number): VictimState => ({
      ...victim,
      pid,
      comm: 'php-fpm',
      threads: [],
      zombieOf: { pid: 168, comm: 'php-fpm' },
    });
    expect(found(withMemory({ victims: [zombie(240), zombie(241)] }), 'oom.still-there')).toBeUndefined();
    expect(found(withMemory({ victims: [zombie(240), zombie(241)] }), 'oom.still-there.zombies')).toMatchObject({
      sentence:
        '2 processes that the OOM killer killed have exited, with all their memory; they are zombies until their parent, php-fpm (pid 168), waits for them.',
      evidence: ['zombies: php-fpm (pid 240) and php-fpm (pid 241)'],
    });
    expect(found(withMemory({ victims: [{ ...zombie(240), heldPages: 256 }] }), 'oom.still-there')!.sentence).toMatch(
      /but it has exited, and something else keeps its memory\.$/,
    );
  });
  test('none: all are gone, or nobody can tell', () => {
    const because = (report: OomReport) => rejected(report).find(({ id }) => id === 'oom.still-there')?.because;
    expect(because(withMemory({ victims: [] }))).toBe('no victim of the OOM killer is left');
    expect(because(global)).toBe('only a dump tells what has become of the victims');
  });
});

describe('memory at the time of the dump', () => {
  const state = (free: number): OomReport => ({
    ...global,
    kind: 'show-mem',
    zones: global.zones!.map((zone) => ({ ...zone, kB: { ...zone.kB, free } })),
  });

  test('free again, tight, short', () => {
    expect(afterwards(state(1_000_000), global)[0]!.sentence).toMatch(
      /^Memory was not short when the dump was taken: 2\.86 GiB of 11\.18 GiB \(26 %\) is free; at the last report it was 158 MiB, and the largest consumer is anonymous memory of processes/,
    );
    expect(afterwards(state(200_000), undefined)[0]!.sentence).toMatch(
      /^Memory was tight when the dump was taken, but above its watermarks: /,
    );
    expect(afterwards(state(10), undefined)[0]).toMatchObject({
      weight: 60,
      sentence: expect.stringMatching(/^Memory was short when the dump was taken: /) as string,
    });
  });
  test('nothing is said where the zones are not known', () => {
    const { zones: _, ...without } = state(1);
    expect(afterwards(without, global)).toEqual([]);
  });
});

describe('many small processes', () => {
  const row = { uid: 0, totalVm: 9000, rss: 40_000, rssAnon: 30_000, pgtablesBytes: 409_600, oomScoreAdj: 0 };
  const pool = (count: number, name = 'php-fpm'): NonNullable<OomReport['tasks']> =>
    Array.from({ length: count }, (_, i) => ({ ...row, pid: 100 + i, tgid: 100 + i, name }));

  test('are told together', () => {
    const told = found({ ...global, tasks: pool(40), kills: [] }, 'oom.memory-held.pool')!;
    expect(told.sentence).toBe(
      '40 processes named php-fpm hold 4.59 GiB of 11.18 GiB (41 %) together, none of them much: 4.58 GiB of anonymous memory and 15.63 MiB of page tables.',
    );
    expect([told.certainty, told.subject?.name]).toEqual(['likely', 'php-fpm']);
    expect(amissIn(told)).toEqual([]);
  });

  test('of what they share with each other no more is counted than there is', () => {
    const { sentence, facts, evidence } = found({ ...global, tasks: pool(400), kills: [] }, 'oom.memory-held.pool')!;
    expect(sentence).toContain(
      'hold at most 10.79 GiB of 11.18 GiB (96 %) together, none of them much: 10.76 GiB of anonymous memory and 23.9 MiB of page tables',
    );
    expect(facts!['pool.anonymous']!.source).toContain(
      'active_anon + inactive_anon + isolated_anon − shmem + unevictable',
    );
    expect(evidence).toEqual(['the largest has 120400 kB']);
    // A cgroup's counters do not bound it: no share of more than all is told.
    expect(found({ ...memcg, tasks: pool(400), kills: [] }, 'oom.memory-held.pool')).toBeUndefined();
    const small = pool(8).map((task) => ({ ...task, rssAnon: 1000, pgtablesBytes: 0 }));
    expect(found({ ...memcg, tasks: small, kills: [] }, 'oom.memory-held.pool')!.sentence).toMatch(
      /^8 processes named php-fpm hold 31\.3 MiB of 40 MiB /,
    );
  });

  test('that locked what they have stand on no anonymous list', () => {
    const locked = { ...global.memInfo, active_anon: 0, inactive_anon: 0, isolated_anon: 0, shmem: 0 };
    const memInfo = { ...locked, unevictable: 2 * quarter };
    expect(found({ ...global, memInfo, tasks: pool(40), kills: [] }, 'oom.memory-held.pool')!.sentence).toContain(
      ' hold 4.59 GiB of 11.18 GiB (41 %) together',
    );
  });

  test('are no pool where they are few, differ by name, hold little, or one of them is the story', () => {
    const told = (tasks: NonNullable<OomReport['tasks']>) => found({ ...global, tasks }, 'oom.memory-held.pool');
    expect(told(pool(4))).toBeUndefined();
    expect(told(pool(40).map((task, i) => ({ ...task, name: `worker-${i}` })))).toBeUndefined();
    expect(told(pool(40).map((task) => ({ ...task, rssAnon: 300 })))).toBeUndefined();
    expect(told(pool(12).map((task, i) => (i === 0 ? { ...task, rssAnon: 2_000_000 } : task)))).toBeUndefined();
  });
});

describe('what the kernel holds for tasks', () => {
  test('stacks and page tables, with whose these are', () => {
    const nodes = [{ ...global.nodes![0]!, kB: { ...global.nodes![0]!.kB, kernel_stack: 4_000_000 } }];
    expect(found({ ...global, nodes }, 'oom.memory-held.kernel-stacks')!.sentence).toBe(
      'Kernel stacks alone take 3.81 GiB of 11.18 GiB (34 %): each thread has one, for as long as it lives.',
    );
    expect(found(global, 'oom.memory-held.kernel-stacks')).toBeUndefined();
    const tables = { ...global, memInfo: { ...global.memInfo, pagetables: quarter } };
    expect(found(tables, 'oom.memory-held.page-tables')!.sentence).toMatch(
      /^Page tables alone take 2\.8 GiB of 11\.18 GiB \(25 %\); of \d+ processes in the task table \S+ \(pid \d+\) has the most, /,
    );
  });

  test('a cache that grows with the number of tasks is no leak of its own', () => {
    const cache = (name: string): OomReport => ({
      ...global,
      memInfo: { ...global.memInfo, slab_unreclaimable: quarter },
      slab: { caches: [{ name, usedKB: 2_900_000, totalKB: 2_900_000 }] },
    });
    expect(found(cache('lab_session'), 'oom.prevention.slab')!.sentence).toContain('a leak');
    expect(found(cache('task_struct'), 'oom.prevention.slab')).toBeUndefined();
  });
});

test('what holds most is told first, and that all memory was full last', () => {
  const half = { ...global, memInfo: { ...global.memInfo, slab_unreclaimable: 2 * quarter, pagetables: quarter } };
  const weight = (report: OomReport, id: string): number | undefined => found(report, id)?.weight;
  expect(weight(half, 'oom.memory-held.slab')).toBeGreaterThan(weight(half, 'oom.memory-held.page-tables')!);
  expect(weight(global, 'oom.watermark')).toBeLessThan(50);
  const gfp = { mask: 0xcc1, names: ['GFP_KERNEL', 'GFP_DMA'], namesFrom: 'text' as const };
  const zones = global.zones!.map((zone) => (zone.name === 'DMA' ? { ...zone, kB: { ...zone.kB, free: 100 } } : zone));
  const few: OomReport = { ...global, zones, event: { ...global.event, gfp } };
  expect(weight(few, 'oom.watermark')).toBeGreaterThan(weight(few, 'oom.memory-held.process')!);
});
