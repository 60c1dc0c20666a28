import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainLog, reportsIn, type OomReport } from '../../src/oom/index.js';
import { globalReport, memcgReport } from './text.js';

/**
 * Log text is hostile: whatever it is, the answer is a list of reports, in time, and no more of them than the text can
 * hold.
 */

const reports = [globalReport, memcgReport];
const lines = reports.flatMap((report) => report.split('\n'));
const nastyText = fc.oneof(
  fc.constantFrom(...lines),
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom(
    'invoked oom-killer',
    'Killed process ',
    'Mem-Info:',
    '[ 1.000000] ',
    'page allocation failure: order:',
    'oom-kill:constraint=',
    '#012',
    '\\x0a',
    '\0',
    '>',
    '{"MESSAGE":"',
    'Node 0 DMA free:1kB',
    '= ',
    '(((((((',
    '__proto__ 1',
    'Memory cgroup stats for /x:',
    '[  pid  ]   uid __proto__ name',
  ),
);

describe('random text', () => {
  test('lines of reports, noise and binary in any order', () => {
    fc.assert(
      fc.property(fc.array(nastyText, { maxLength: 120 }), fc.constantFrom('\n', '\r\n', ' ', ''), (parts, end) => {
        expect(reportsIn(parts.join(end)).length).toBeLessThanOrEqual(parts.length * 2);
      }),
      { numRuns: 400 },
    );
  });

  test('cuts, splices and repeated blocks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1), fc.nat(6000), fc.nat(6000), fc.integer({ min: 1, max: 4 })), { maxLength: 10 }),
        (pieces) => {
          const text = pieces
            .map(([which, from, length, times]) => reports[which]!.slice(from, from + length).repeat(times))
            .join('');
          for (const report of reportsIn(text)) {
            expect(report.kills.length + report.reaped.length + (report.tasks?.length ?? 0)).toBeLessThan(1000);
            expect(report.lines!.first).toBeLessThanOrEqual(report.lines!.last);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('bytes that are flipped', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(globalReport.length - 1), fc.nat(255)), { maxLength: 40 }), (flips) => {
        const bytes = Buffer.from(globalReport);
        for (const [at, value] of flips) bytes[at] = value;
        expect(Array.isArray(reportsIn(bytes))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('pieces of any size give what the whole gives', async () => {
    const whole = reportsIn(reports.join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), async (size) => {
        const bytes = Buffer.from(reports.join(''));
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect(await all(explainLog(pieces))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe('much text', () => {
  const noise = Buffer.from(
    '[12345.678901] usb 1-1: new high-speed USB device number 9 using xhci_hcd; the room is out of order\n'.repeat(
      10_000,
    ),
  );

  test('32 MB of noise around one event: the event, its line numbers, bounded memory', async () => {
    function* source(): Generator<Uint8Array> {
      for (let i = 0; i < 16; i++) yield noise;
      yield Buffer.from(globalReport);
      for (let i = 0; i < 16; i++) yield noise;
    }
    const before = process.memoryUsage().rss;
    const found = await all(explainLog(source()));
    expect(found).toHaveLength(1);
    expect(found[0]!.lines!.first).toBe(160_001);
    expect(found[0]!.zones).toHaveLength(3);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });

  test('the line numbers are right however the text comes, with words of the OOM killer in other lines', async () => {
    const other = 'Jan 12 10:00:00 node kubelet[1]: container oom_score_adj set to 999\n';
    const text = `${other.repeat(700)}usb\n${globalReport}${'usb\n'.repeat(900)}${other.repeat(3)}${memcgReport}`;
    const wanted = reportsIn(text).map((report) => report.lines);
    const lines = text.split('\n');
    expect(wanted.map((range) => lines[range!.first - 1])).toEqual([
      globalReport.split('\n')[0],
      memcgReport.split('\n')[0],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 50, max: 70_000 }), async (size) => {
        const bytes = Buffer.from(text);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect((await all(explainLog(pieces))).map((report) => report.lines)).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });

  test('a headless report keeps what stood before its first telling word', async () => {
    const cut = globalReport.slice(globalReport.indexOf('[  130.802859]'));
    for (const size of [100, 1000, 100_000]) {
      const bytes = Buffer.from(`${'usb\n'.repeat(2000)}${cut}`);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const [report] = await all(explainLog(pieces));
      expect(report!.tasks).toHaveLength(4);
    }
  });

  test('a task table that never ends is cut, and said', async () => {
    const row = `[  1.000000] [    784]     0   784     6662     1221    77824        0          -250 systemd-journal\n`;
    function* source(): Generator<Uint8Array> {
      yield Buffer.from(globalReport.slice(0, globalReport.indexOf('[  130.825810]')));
      for (let i = 0; i < 30; i++) yield Buffer.from(row.repeat(10_000));
    }
    const [report] = await all(explainLog(source()));
    expect(report!.tasks).toHaveLength(262_144);
    expect(report!.missing).toContainEqual(expect.stringContaining('more than 262144 tasks'));
  });

  test('one line of 12 MB without an end', () => {
    expect(reportsIn(`a invoked oom-killer: ${'x '.repeat(6_000_000)}`).length).toBeLessThanOrEqual(4);
  });

  test.each([
    'x invoked ',
    'oom-kill:constraint=A,',
    '(',
    ' kernel: ',
    '> ',
    '[1.000] ',
    'Killed process 1 (',
    'Node 0 DMA: 1*4kB ',
    '1*4kB (U ',
    'a: ',
  ])('a line that repeats "%s" takes no more than its share of time', (piece) => {
    reportsIn(Buffer.from(`Mem-Info:\n${piece.repeat(200_000)}\noom-kill:`));
  });
});

async function all(events: AsyncIterable<OomReport>): Promise<OomReport[]> {
  const found: OomReport[] = [];
  for await (const event of events) found.push(event);
  return found;
}
