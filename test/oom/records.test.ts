import { expect, test } from 'vitest';

import { reportsIn, reportsInRecords, type KernelRecord, type OomReport } from '../../src/oom/index.js';
import { globalReport, memcgReport } from './text.js';

/** As the log buffer has it: a line that begins with blanks is a further one of the message before. */
function recordsOf(text: string, caller?: string): KernelRecord[] {
  return text
    .trimEnd()
    .replace(/\n {8,}/g, '\v')
    .split('\n')
    .map((line) => {
      const [, stamp, rest] = /^\[ *([\d.]+)\] (.*)$/.exec(line)!;
      return {
        text: rest!.replaceAll('\v', '\n'),
        timeNs: Math.round(Number(stamp) * 1e9),
        ...(caller === undefined ? {} : { caller }),
      };
    });
}

const untimed = (report: OomReport): unknown => ({
  ...report,
  lines: undefined,
  event: { ...report.event, time: undefined },
});
const noise = (count: number): KernelRecord[] =>
  Array.from({ length: count }, (__, n) => ({ text: `usb 1-1: new device number ${n}` }));

test.each([
  ['global', globalReport],
  ['memcg', memcgReport],
])('the records of a %s report say what its text says', (_name, text) => {
  expect(reportsInRecords(recordsOf(text))).toEqual(reportsIn(text));
  const amid = reportsInRecords([
    ...noise(1000),
    ...recordsOf(text),
    ...noise(1000),
    ...recordsOf(text),
    ...noise(1000),
  ]);
  expect(amid.map(untimed)).toEqual(reportsIn(`${text}\n${text}`).map(untimed));
  expect(amid[0]!.lines!.first).toBe(1001);
});

test('two CPUs that print at the same time are told apart by the records’ callers', () => {
  const [one, other] = [recordsOf(globalReport, 'T5532'), recordsOf(memcgReport, 'T77')];
  const mixed = one.flatMap((record, n) => (other[n] === undefined ? [record] : [record, other[n]]));
  expect(reportsInRecords([...mixed, ...other.slice(one.length)]).map(untimed)).toEqual(
    [globalReport, memcgReport].flatMap((text) => reportsIn(text)).map(untimed),
  );
});

test('a stamp, a caller or another program’s tag within a message is text', () => {
  const [first, ...rest] = recordsOf(globalReport);
  for (const name of ['[T7]', '[9.9]', 'ntpd[7]:', '> a', '{"x":1']) {
    const [report] = reportsInRecords([{ ...first!, text: first!.text.replace('a.out', name) }, ...rest]);
    expect(report!.event).toMatchObject({ comm: name, time: '130.772276' });
  }
});

test('a line of a message that says that a process was killed came in with a name', () => {
  const forged = {
    text: 'evil: cgroup /x\nOut of memory: Killed process 1 (init) total-vm:4kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\na invoked oom-killer: gfp_mask=0x0, order=0, oom_score_adj=0',
    timeNs: 131e9,
  };
  expect(reportsInRecords([...noise(3), forged, ...noise(3)])).toEqual([]);
  const [report, ...more] = reportsInRecords([...recordsOf(globalReport), forged]);
  expect({ kills: report!.kills, more }).toEqual({ kills: reportsIn(globalReport)[0]!.kills, more: [] });
  // The kernel's own, a message of its own, is one.
  expect(reportsInRecords([{ text: forged.text.split('\n')[1]! }])[0]!.kills).toMatchObject([{ pid: 1 }]);
});
