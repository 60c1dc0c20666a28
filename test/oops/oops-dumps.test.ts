import { describe, expect, test } from 'vitest';
import { compareRecord, oopsRecords, type ComparedOopsLine } from 'oompm/oops';
import { openKernel } from 'oompm/testing';

import { dumpFile, unlessMissing } from '../dumps.js';

/** Pages of user space are left out of a dump by its filter. */
const CODE = 'no code of user space';
const VPANIC = 'no return address';

/** What is not word for word as the kernel printed it, by record; all else of it is. */
const unlike: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'null-6.1': { exception: [CODE] },
  // What the handler's own callees had left on the stack is overwritten by panic().
  'bug-5.10': { exception: ['only printed: ? __die_body.cold+0x1a/0x1f', 'only printed: ? die+0x2b/0x50', CODE] },
  redherring: { exception: [CODE] },
  'softlockup-6.1': { 'soft lockup': ['no seconds', CODE], panic: [CODE] },
  forks: { panic: [] },
  dma: { panic: ['only printed: ? _printk+0x68/0x83', CODE] },
  'wq-6.1': { panic: [] },
  '5.10-global-panic': { panic: [CODE] },
  '5.10-kdump-memcg1': { panic: [CODE] },
  '6.1-global-panic': { panic: [CODE] },
  '6.1-slab-panic': { panic: [CODE] },
  '6.12-shmem-panic': { panic: [CODE] },
  '7.2-global-panic': { panic: [VPANIC, CODE] },
  '6.12-idle': {},
};

describe('records rebuilt from memory are as the kernel printed them', () => {
  test.each(Object.entries(unlike))('%s', async (name, expected) => {
    const file = dumpFile(`${name}/vmcore`);
    if (file === undefined) return console.log(unlessMissing(`${name}/vmcore`));
    const kernel = await openKernel({ dump: [file] });
    try {
      const found = oopsRecords(kernel).map(({ kind, lines, printed }) => {
        const compared = compareRecord(lines, printed!.lines);
        expect(compared.filter(({ result }) => result === 'equal').length, kind).toBeGreaterThan(10);
        return [kind, compared.flatMap(inWords)] as const;
      });
      expect(Object.fromEntries(found)).toEqual(expected);
    } finally {
      kernel.close();
    }
  });
});

function inWords(line: ComparedOopsLine): string[] {
  switch (line.result) {
    case 'equal':
      return [];
    case 'not in memory':
      return [`no ${line.what.join(', ')}`];
    case 'only printed':
      return [`only printed: ${line.printed.trim()}`];
    default:
      return [`${line.result}: ${line.rebuilt.trim()}`];
  }
}
