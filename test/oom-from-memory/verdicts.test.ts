import { describe, expect, test } from 'vitest';
import type { Finding } from 'oompm';

import oom from '../../plugins/oom/index.js';
import { dumpFile, testWith } from '../dumps.js';
import { viewsOf } from '../plugins/views-of.js';
import { openDump } from './dumps.js';

/** What each dump's findings must say, the first one first; and which must not be there. */
const expected: Readonly<
  Record<
    string,
    { says: readonly (readonly [id: string, words: RegExp])[]; not?: readonly string[]; gaps?: readonly string[] }
  >
> = {
  '5.10-global-panic': { says: [['oom.victim.panic', /the victim would have been a\.out \(pid 57\)/]] },
  '5.10-memcg1-panic': {
    says: [
      [
        'oom.constraint',
        /^The limit of \/docker\/0123456789ab was hit, not the machine's memory: 32 MiB used of 32 MiB.*; the machine had [\d.]+ MiB free/,
      ],
    ],
    not: ['oom.watermark'],
  },
  '6.1-adj-panic': {
    says: [
      [
        'oom.victim.hidden',
        /^postgres \(pid 52\) holds 60\.7 MiB \(44 %\) and is kept from being chosen by its oom_score_adj of -900/,
      ],
      ['oom.victim.panic', /java/],
    ],
  },
  '6.1-hugetlb-panic': {
    says: [
      [
        'oom.memory-held.hugetlb',
        /^80 MiB of 137 MiB \(58 %\) is set aside for hugetlb pages, and none of it is used by anyone, nor reserved by any mapping/,
      ],
      ['oom.prevention.hugetlb', /vm\.nr_hugepages/],
    ],
  },
  '6.1-memcg-panic': {
    says: [
      ['oom.constraint', /^The limit of \/lab\.slice\/job\.scope was hit/],
      ['oom.reclaim', /the machine has no swap/],
      ['oom.prevention.limit', /above 40 MiB/],
    ],
    not: ['oom.watermark'],
  },
  '6.1-mempolicy-panic': {
    says: [
      [
        'oom.constraint',
        /^A memory policy is the cause: .*Node 1 Normal 1016 KiB free.* while node 0 has 25\.7 MiB free/,
      ],
      ['oom.prevention.policy', /MPOL_PREFERRED/],
    ],
    not: ['oom.prevention.swap'],
  },
  '6.1-mlock-panic': {
    says: [
      [
        'oom.memory-held.unevictable',
        /^107 MiB of 137 MiB \(78 %\) is unevictable: locked by mlock\(\) of dpdk \(pid 55\) 107 MiB/,
      ],
    ],
  },
  '6.1-pipes-panic': {
    says: [
      [
        'oom.memory-held.pipes',
        /^92\.8 MiB of 137 MiB \(68 %\) is data in 1489 pipes .* in no process's rss.*; open in leaky-\d/,
      ],
      ['oom.victim.small', /No process is the consumer/],
    ],
  },
  '6.1-slab-panic': {
    says: [
      ['oom.memory-held.slab', /nobody owns .* the largest cache is lab_session with 95\.2 MiB.*module leak/],
      ['oom.prevention.slab', /lab_session.*a leak/],
    ],
  },
  '6.12-cpuset-panic': {
    says: [
      ['oom.constraint', /^A cpuset is the cause: .*Node 1 Normal 820 KiB free.* while node 0 has 22\.6 MiB free/],
      ['oom.prevention.cpuset', /node1/],
    ],
  },
  '6.12-shmem-panic': {
    says: [
      [
        'oom.memory-held.shmem',
        /^103 MiB of 136 MiB \(76 %\).*, which outlive the process that wrote them; \/srv holds 96\.4 MiB \(\/srv\/cache\/blob\.bin 66\.4 MiB and \/srv\/cache\/index\.db 30 MiB\)/,
      ],
    ],
  },
  '6.12-zram-panic': {
    says: [
      [
        'oom.memory-held.zram',
        /^zram0 keeps 11\.99 MiB that was swapped out in 5\.51 MiB of the same memory.*and it is full/,
      ],
      ['oom.reclaim', /swap is full/],
    ],
  },
  '7.2-memcg-panic': { says: [['oom.constraint', /^The limit of \/lab\.slice\/job\.scope was hit/]] },
  '7.2-slab-panic': {
    says: [
      ['oom.memory-held.slab', /lab_session with 87\.9 MiB/],
      ['oom.nothing-wrong', /were above their watermarks again .* at least 3\.79 MiB were freed since it failed/],
    ],
    not: ['oom.watermark'],
  },
  '7.2-thp-panic': {
    says: [
      [
        'oom.memory-held.process',
        /a\.out \(pid 57\); 77 % of the machine's anonymous memory is in transparent huge pages/,
      ],
    ],
  },
  'debian-6.1-global-panic': {
    says: [['oom.watermark', /Node 0 DMA is above its min watermark .* lowmem_reserve .* forbids it/]],
  },
  '6.1-reaper': {
    says: [
      [
        'oom.still-there',
        /^database \(pid 53\) was killed by the OOM killer 12\.3 s before the machine stopped .* its memory has been reaped, but it can't exit, for its thread io-thread \(pid 55\) is in uninterruptible sleep in tarpit_read\(\)/,
      ],
      ['oom.afterwards', /^Memory was not short when the dump was taken: 102 MiB/],
    ],
  },
  '7.2-reaper': {
    says: [
      [
        'oom.still-there',
        /^database \(pid 57\) .* thread io-thread \(pid 59\) is in uninterruptible sleep in tarpit_read\(\)/,
      ],
    ],
  },
  '6.1-global': {
    says: [
      ['oom.victim.chosen', /^The victim is the consumer: a\.out \(pid 52\)/],
      ['oom.afterwards', /^Memory was not short/],
    ],
    not: ['oom.still-there'],
  },
  '7.2-global': {
    says: [
      ['oom.victim.chosen', /^The victim is the consumer: a\.out \(pid 56\)/],
      ['oom.afterwards', /^Memory was not short/],
    ],
    not: ['oom.still-there'],
  },
  '6.1-memcg': {
    says: [
      ['oom.constraint', /^The limit of \/lab\.slice\/job\.scope/],
      ['oom.afterwards', /^Memory was not short/],
    ],
    not: ['oom.still-there'],
  },
  '6.1-threads': { says: [['oom.victim.chosen', /held the most/]], not: ['oom.still-there'] },
  '6.1-sysrq': {
    says: [
      [
        'oom.nothing-wrong',
        /^Nothing was wrong with memory: the OOM killer was started manually \(sysrq-f\) while 82 MiB/,
      ],
      ['oom.prevention.sysrq', /sysrq-trigger/],
    ],
    not: ['oom.watermark', 'oom.reclaim'],
  },
  memfd: {
    says: [
      [
        'oom.memory-held.shmem',
        /in tmpfs; the tmpfs of the kernel itself.*; memfd:frame-pool lives for as long as compositor \(pid 168\) has it open\.$/,
      ],
      ['oom.prevention.tmpfs', /^Make compositor \(pid 168\) close memfd:frame-pool, or restart it: it has 95 MiB/],
    ],
  },
  unlinked: {
    says: [
      [
        'oom.memory-held.shmem',
        /; \/run\/app\.log is deleted, and lives for as long as logger \(pid 115\) has it open\.$/,
      ],
      ['oom.prevention.tmpfs', /^Make logger \(pid 115\) close \/run\/app\.log, or restart it: it is deleted/],
    ],
    // zram is a module, of which this dump has no types.
    gaps: ['zram0'],
  },
  uring: {
    says: [
      [
        'oom.memory-held.shares',
        /123 MiB \(83 %\) is anonymous memory \(the processes of the task table have 2\d(\.\d)? MiB of it mapped; database \(pid 168\) has 96 MiB pinned\)/,
      ],
    ],
  },
  workers: {
    says: [['oom.still-there.zombies', /^33 processes that the OOM killer killed have exited/]],
    // Its kill line is 15 ms older than the panic.
    not: ['oom.still-there'],
  },
  '6.12-idle': {
    says: [
      ['oom.afterwards', /^Memory was not short when the dump was taken: 30\.4 MiB of 64\.9 MiB \(47 %\) is free/],
    ],
    not: ['oom.watermark', 'oom.reclaim', 'oom.victim.chosen'],
  },
};

describe('what the findings say of each dump', () => {
  for (const dump of Object.keys(expected))
    testWith(`${dump}/vmcore`, dump, async () => {
      const kernel = await openDump(dump);
      const findings = viewsOf(oom, kernel).flatMap((view): readonly Finding[] =>
        view.kind === 'findings' ? view.findings : [],
      );
      const { says, not = [], gaps = [] } = expected[dump]!;
      for (const [id, words] of says)
        expect(findings.find((finding) => finding.id === id)?.sentence, id).toMatch(words);
      for (const id of not) expect(findings.map((finding) => finding.id)).not.toContain(id);
      expect(kernel.gaps.list.map(({ what }) => what)).toEqual(gaps);
      kernel.close();
    });

  test.skipIf(!dumpFile('7.2-global-panic/vmcore.d31.zstd'))(
    'a dump whose tasks are partly thrown away: the log’s table stands in, and it is said',
    async () => {
      const kernel = await openDump('7.2-global-panic/vmcore.d31.zstd');
      const views = viewsOf(oom, kernel);
      const missing = views.find((view) => view.id === 'missing');
      expect(missing?.kind === 'table' && [...missing.rows].map(({ cells }) => cells['what'])).toEqual([
        expect.stringMatching(/^\d+ tasks can't be read in memory: the task table is the log's$/),
      ]);
      const tasks = views.find((view) => view.id === 'tasks');
      expect(tasks?.kind === 'table' && [...tasks.rows][0]!.cells['name']).toBe('a.out');
      kernel.close();
    },
  );
});
