import { describe, expect, test } from 'vitest';
import { reportsIn, type OomReport } from '../../src/oom/index.js';

function read(text: string): OomReport {
  const reports = reportsIn(text);
  expect(reports).toHaveLength(1);
  return reports[0]!;
}

describe('opening lines', () => {
  test.each([
    ['httpd invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=0', { comm: 'httpd', order: 0, oomAdj: 0 }],
    [
      'x invoked oom-killer: gfp_mask=0x280da, order=0, oom_adj=-2, oom_score_adj=-100',
      { comm: 'x', oomAdj: -2, oomScoreAdj: -100 },
    ],
    [
      'x invoked oom-killer: gfp_mask=0x6202c2(GFP_HIGHUSER|__GFP_NOWARN), nodemask=0-1,3,  order=2, oom_score_adj=1000',
      { nodemask: '0-1,3', order: 2, oomScoreAdj: 1000 },
    ],
    [
      'x invoked oom-killer: gfp_mask=0x0(), order=-1, oom_score_adj=0',
      { order: -1, gfp: { mask: 0, names: [], namesFrom: 'text' } },
    ],
    [
      'swapper: page allocation failure. order:1, mode:0x20',
      { comm: 'swapper', order: 1, failure: 'page allocation failure' },
    ],
    [
      'tmux: server: page allocation failure: order:4, mode:0x40c40(GFP_NOFS|__GFP_COMP), nodemask=(null),cpuset=/a b,mems_allowed=0-1',
      { comm: 'tmux: server', order: 4, nodemask: '(null)', cpuset: '/a b', memsAllowed: '0-1' },
    ],
    [
      'insmod: vmalloc error: size 4096, page order 0, failed to allocate pages, mode:0xcc2(GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null)',
      { comm: 'insmod', order: 0, failure: 'vmalloc error: size 4096, page order 0, failed to allocate pages' },
    ],
    [
      'kworker/0:1: page allocation stalls for 10008ms, order:0, mode:0x14000c0(GFP_KERNEL), nodemask=(null)',
      { comm: 'kworker/0:1', order: 0 },
    ],
  ])('%s', (line, event) => {
    expect(read(line).event).toMatchObject(event);
  });
});

describe('kill lines', () => {
  test.each([
    ['Out of Memory: Killed process 12 (a b).', { pid: 12, comm: 'a b' }],
    [
      'Killed process 40738, UID 27, (mysqld) total-vm:6424316kB, anon-rss:13128kB, file-rss:4kB',
      { pid: 40738, uid: 27, comm: 'mysqld', anonRssKB: 13128 },
    ],
    [
      'Killed process 9 (x), UID 1000, total-vm:10kB, anon-rss:8kB, file-rss:4kB, shmem-rss:1kB',
      { pid: 9, uid: 1000, comm: 'x', shmemRssKB: 1 },
    ],
    ['Killed process 9 (x) vsz:10kB, anon-rss:8kB, file-rss:4kB', { pid: 9, comm: 'x', totalVmKB: 10 }],
    [
      'Memory cgroup out of memory: Killed process 4503 ((sd-pam)) total-vm:173972kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:96kB oom_score_adj:-100',
      { message: 'Memory cgroup out of memory', comm: '(sd-pam)', oomScoreAdj: -100, pgtablesKB: 96 },
    ],
    [
      'Out of memory (oom_kill_allocating_task): Killed process 3 (y) total-vm:18446744073709551612kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
      { message: 'Out of memory (oom_kill_allocating_task)', totalVmKB: 18446744073709551612n },
    ],
  ])('%s', (line, kill) => {
    expect(read(line).kills[0]).toMatchObject(kill);
  });
  test('the one selected and the child that dies for it', () => {
    const report = read(
      'Out of memory: Kill process 1532 (parent) score 919 or sacrifice child\nKilled process 1540 (child) total-vm:1641388kB, anon-rss:1595164kB, file-rss:76kB',
    );
    expect(report.selected).toEqual({ pid: 1532, comm: 'parent', score: 919 });
    expect(report.kills[0]!.pid).toBe(1540);
  });
  test('one that is exiting already', () => {
    expect(
      read('[   1.000000] Out of memory: OOM victim 12 (x) is already exiting. Skip killing the task').selected,
    ).toEqual({ pid: 12, comm: 'x' });
  });
  test('a reaper that could not', () => {
    const report = read(
      'Out of memory: Killed process 3 (y) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\noom_reaper: unable to reap pid:3 (y)',
    );
    expect(report.reaped).toEqual([{ pid: 3, comm: 'y', done: false }]);
  });
  test('kills without an opening line are events of their own, each with its reaper', () => {
    const reports = reportsIn(
      [1, 2]
        .map(
          (pid) => `Out of memory: Killed process ${pid} (y) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB`,
        )
        .join('\n') + '\noom_reaper: reaped process 1 (y), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
    );
    expect(reports.map((report) => [report.kills[0]!.pid, report.reaped.length])).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });
});

describe('constraint lines', () => {
  test('with commas in paths and masks', () => {
    const report = read(
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=0-1,3,cpuset=a,b,mems_allowed=0-1,3,oom_memcg=/x,y,task_memcg=/x,y/z,task=a,b,pid=7,uid=1000',
    );
    expect(report.event).toMatchObject({ nodemask: '0-1,3', cpuset: 'a,b', memsAllowed: '0-1,3' });
    expect(report.memcg).toMatchObject({ path: '/x,y', taskPath: '/x,y/z' });
    expect(report.selected).toEqual({ pid: 7, comm: 'a,b', uid: 1000 });
  });
});

describe('task tables', () => {
  test.each([
    [
      '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name',
      '[  788]     0   788     2671        1   7     -17         -1000 udevd',
      { rss: 1, oomScoreAdj: -1000, others: { cpu: 7, oom_adj: -17 } },
    ],
    [
      '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
      '[  788]     0   788     2671        1   7     17         -1000 udevd',
      { nrPtes: 7, swapents: 17 },
    ],
    [
      '[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name',
      '[  788]     0   788     2671        1   7     3  17         0 a b',
      { nrPmds: 3, name: 'a b' },
    ],
    [
      '[  pid  ]   uid  tgid total_vm      rss (01)nrss  pgtables_bytes swapents oom_score_adj name',
      '[   1011]     0  1011   220005     8589     1872   823296        0             0 node',
      { pgtablesBytes: 823296, others: { '(01)nrss': 1872 } },
    ],
    [
      '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
      '[     51]     0    51     1055      670      512        0       158    45056        0          -250 7',
      { rssAnon: 512, rssShmem: 158, name: '7' },
    ],
  ])('%s', (heading, row, task) => {
    expect(
      read(`${heading}\n${row}\nOut of memory: Killed process 1 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB`)
        .tasks![0],
    ).toMatchObject(task);
  });
  test('with a heading whose end was cut off, by the rows', () => {
    const report = read(
      '[  pid  ]   uid  tgid total_vm      rss pgtab\n' +
        '[     51]     0    51     1055      670    45056        2          -250 journald\n' +
        'Out of memory: Killed process 51 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
    );
    expect(report.tasks).toMatchObject([{ name: 'journald', pgtablesBytes: 45056, oomScoreAdj: -250 }]);
  });
  test('one that tells no rss is no table of what tasks hold', () => {
    const report = read(
      '[  pid  ]   uid  tgid total_vm swapents oom_score_adj name\n' +
        '[     51]     0    51     1055        2          -250 journald\n' +
        'Out of memory: Killed process 51 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
    );
    expect(report.tasks).toBeUndefined();
  });
  test('without its heading, the text begins inside it', () => {
    const report = read(
      '[     51]     0    51     1055      670    45056        2          -250 journald\n'.repeat(3) +
        'Out of memory: Killed process 51 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
    );
    expect(report.tasks).toHaveLength(3);
    expect(report.tasks![0]).toMatchObject({ rss: 670, pgtablesBytes: 45056, swapents: 2, oomScoreAdj: -250 });
  });
});

describe('cgroups, v1', () => {
  const text = `[    1.000000] Task in /a/b killed as a result of limit of /a
[    1.000000] memory: usage 980kB, limit 980kB, failcnt 41
[    1.000000] memory+swap: usage 0kB, limit 18014398509481983kB, failcnt 0
[    1.000000] Memory cgroup stats for /a: cache:80KB rss:900KB rss_huge:0KB
[    1.000000] Memory cgroup stats for /a/b: cache:0KB rss:1KB rss_huge:0KB
[    1.000000] Memory cgroup out of memory: Kill process 13536 (x) score 996 or sacrifice child
[    1.000000] Killed process 13536 (x) total-vm:33558652kB, anon-rss:920kB, file-rss:452kB`;
  test('limit, stat and path', () => {
    expect(read(text).memcg).toMatchObject({
      path: '/a',
      taskPath: '/a/b',
      stat: { cache: 80, rss: 900, rss_huge: 0 },
      statUnit: 'kB',
      counters: [{ limitKB: 980, failures: 41 }, { limitKB: null }],
    });
  });
});
