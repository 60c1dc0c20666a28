import { beforeAll, describe, expect } from 'vitest';
import { build, oompm } from '../built.js';
import { dumpFile, testWith } from '../dumps.js';

beforeAll(build);

/** What a report counts, in the plural; the log's own lines are the kernel's affair. */
const oneOfMany =
  /(?<![\d.,] ?)\b1 (?:more |other |earlier |unlisted )?(?:tasks|processes|threads|pages|records|rows|lines|readers|waiters|times|gaps|messages|columns|frames|stacks|elements|bytes|CPUs|locks|pipes|files|segments|parts)\b.*/g;

describe('one is told as one', () => {
  for (const name of [
    '6.1-global-panic/vmcore',
    '6.1-lock-zoo/vmcore',
    '6.1-lock-abba/vmcore',
    '5.10-lock-rwsem/vmcore',
    '5.10-lockstuck/vmcore',
    '6.1-memcg-panic/vmcore',
    '6.1-pipes-panic/vmcore',
    '6.1-hugetlb-panic/vmcore',
    'workers/vmcore',
  ]) {
    testWith(name, name, async () => {
      const { stdout } = await oompm([
        'analyze',
        dumpFile(name)!,
        '--only',
        'overview,oom,locks,watchdogs,zones,slab,swap,ps,runq,mod',
        '--no-search',
      ]);
      expect(stdout.length).toBeGreaterThan(1000);
      expect(stdout.match(oneOfMany) ?? []).toEqual([]);
    });
  }
});
