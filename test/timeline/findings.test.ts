import { describe, expect, test } from 'vitest';
import { timelineFindings, timelineOfRecords, type KernelTimeline } from 'oompm/timeline';

import { amissIn } from '../words/untold.js';

interface Ended extends Partial<KernelTimeline> {
  readonly lines: readonly (readonly [at: number, ...texts: string[]])[];
}

function found({ lines, ...ended }: Ended) {
  const records = lines.flatMap(([at, ...texts]) => texts.map((text) => ({ text, facility: 0, timeNs: at * 1e9 })));
  const findings = timelineFindings({
    ...timelineOfRecords(records, []),
    hasPanicked: true,
    endNs: 1000e9,
    ...ended,
  });
  for (const finding of findings) expect(amissIn(finding), finding.sentence).toEqual([]);
  return findings.map(({ id, weight, certainty, sentence }) => [id, weight, certainty, sentence]);
}

const oops = (number: number, name: string): string[] => [
  'BUG: kernel NULL pointer dereference, address: 0000000000000028',
  `Oops: 0000 [#${number}] SMP`,
  'CPU: 1 PID: 77 Comm: cat Tainted: G',
  `RIP: 0010:${name}+0x5/0x10`,
  '---[ end trace 0000000000000000 ]---',
];

describe('an oops before', () => {
  const panic = [1000, 'Kernel panic - not syncing: Fatal exception'] as const;

  test('an oops that was the end ranks behind it: it may have brought it about', () => {
    expect(
      found({ ending: 'exception', lines: [[900, ...oops(1, 'first')], [999, ...oops(2, 'second')], panic] }),
    ).toEqual([
      [
        'timeline.earlier-oops',
        95,
        'certain',
        'This was oops #2: the first came 100 s before the end, and the machine lived on: cat (77): NULL pointer dereference at 0x28 in first+0x5.',
      ],
    ]);
  });

  test('an oops that another CPU met as the kernel died of this one is none before it', () => {
    const lines = [[999, ...oops(1, 'first')], panic, [1000.1, ...oops(2, 'second')]] as const;
    expect(found({ ending: 'exception', endNs: 1001e9, lines })).toEqual([]);
  });

  test('where the log has lost the first, it is the first that it has', () => {
    const [[, , , sentence]] = found({
      ending: 'exception',
      lines: [[900, ...oops(4, 'fourth')], [999, ...oops(5, 'fifth')], panic],
    }) as [[string, number, string, string]];
    expect(sentence).toMatch(/^This was oops #5: the first that the log has came 100 s before/);
  });

  test('another end is told with its weight: it is not the cause, as far as is known', () => {
    const lines = [[900, ...oops(1, 'first')]] as const;
    expect(found({ ending: 'policy', lines })[0]?.[1]).toBe(84);
    expect(found({ ending: 'by hand', lines })[0]?.[1]).toBe(42);
    expect(found({ hasPanicked: false, lines })[0]?.[1]).toBe(34);
  });

  test('the oops that was the end is none before', () => {
    expect(found({ ending: 'exception', lines: [[999, ...oops(1, 'first')], panic] })).toEqual([]);
  });

  test('just before the end nobody lived on', () => {
    const [[, , , sentence]] = found({ ending: 'policy', lines: [[999.8, ...oops(1, 'first')]] }) as [
      [string, number, string, string],
    ];
    expect(sentence).toBe(
      'An oops came 200 ms before the end: cat (77): NULL pointer dereference at 0x28 in first+0x5.',
    );
  });
});

test('one finding for each kind, with how many and the last of them', () => {
  expect(
    found({
      lines: [
        [10, 'WARNING: CPU: 0 PID: 1 at kernel/a.c:1 one+0x1/0x2'],
        [20, 'WARNING: CPU: 0 PID: 1 at kernel/b.c:2 two+0x1/0x2'],
        [400, 'I/O error, dev sda, sector 7 op 0x1:(WRITE) flags 0x0 phys_seg 1 prio class 2'],
        [401, 'EXT4-fs (sda1): Remounting filesystem read-only'],
        [500, 'INFO: task dd:112 blocked for more than 120 seconds.'],
      ],
    }),
  ).toEqual([
    [
      'timeline.earlier-io-error',
      33,
      'certain',
      '2 errors of disks or file systems came, the last 599 s before the end, and the machine lived on: EXT4 (sda1): Remounting filesystem read-only.',
    ],
    [
      'timeline.earlier-stall',
      31,
      'certain',
      'A report of a stall came 500 s before the end, and the machine lived on: dd (112): blocked for more than 120 s.',
    ],
    [
      'timeline.earlier-warning',
      26,
      'certain',
      '2 warnings came, the last 980 s before the end, and the machine lived on: kernel/b.c:2 in two+0x1.',
    ],
  ]);
});

test('of corruption the first report is told: what came later may follow from it', () => {
  expect(
    found({
      lines: [
        [10, 'BUG kmalloc-96 (Tainted: G           OE     ): Poison overwritten'],
        [
          20,
          'BUG kmalloc-96 (Tainted: G    B      OE     ): Slab disabled since SLUB metadata consistency check failed',
        ],
      ],
    }).map(([, , , sentence]) => sentence),
  ).toEqual([
    '2 reports of corruption came, the first 990 s before the end, and the machine lived on: slab cache kmalloc-96: Poison overwritten.',
  ]);
});

test('the ordinary life of a machine is no finding', () => {
  expect(
    found({
      lines: [
        [1, 'acme: loading out-of-tree module taints kernel.'],
        [2, 'a.out[1234]: segfault at 0 ip 000055d0c0de1139 sp 00007ffd error 6 in a.out[55d0c0de1000+1000]'],
        [3, 'smpboot: CPU 1 is now offline'],
        [4, 'BTRFS warning (device sda6): device fsid changed'],
      ],
    }),
  ).toEqual([]);
});

test('what was read in part is less sure', () => {
  const lines = [[10, 'WARNING: CPU: 0 PID: 1 at kernel/a.c:1 one+0x1/0x2']] as const;
  expect(found({ lines, unread: 'the log: a page is excluded' })[0]?.[2]).toBe('likely');
});
