import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Kernel, LogLine, LogView } from 'oompm';
import { logRecordsByVmcoreinfo } from 'oompm/linux';

import log from '../../plugins/log/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, dumpsDir } from '../dumps.js';
import { viewsOf } from './views-of.js';

const opened: Kernel[] = [];
afterEach(() => opened.splice(0).forEach((kernel) => kernel.close()));

async function kernelOf(dump: string): Promise<Kernel> {
  const kernel = await openKernel({ dump: [join(dumpsDir(), dump)] });
  opened.push(kernel);
  return kernel;
}

function linesOf(kernel: Kernel, values = {}): LogLine[] {
  const view = viewsOf(log, kernel, values).find((view): view is LogView => view.kind === 'log');
  return [...view!.lines];
}

/**
 * As printk's console prints them: each line of a record has the record's prefix; the caller where CONFIG_PRINTK_CALLER
 * is set, as in the lab's own kernels.
 */
function asPrinted(
  { timeNs = 0, caller = '', text }: Pick<LogLine, 'timeNs' | 'caller' | 'text'>,
  withCaller: boolean,
): string[] {
  const us = Math.floor(timeNs / 1000);
  const time = `[${String(Math.floor(us / 1e6)).padStart(5)}.${String(us % 1e6).padStart(6, '0')}]`;
  const from = withCaller ? `[${caller.padStart(6)}]` : '';
  return text.split('\n').map((line) => `${time}${from} ${line}`);
}

const consoleOf = (dump: string): string[] =>
  readFileSync(join(dumpsDir(), dirname(dump), 'kernel.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** The end of a record longer than 1024 bytes does not fit into the console's buffer: here the tail of memory.stat. */
const lostByTheConsole: Readonly<Record<string, { first: string; lines: number }>> = {
  '5.10-kdump-memcg1': { first: 'pgfault 8151', lines: 11 },
  '5.10-memcg1-panic': { first: 'pgfault 8151', lines: 11 },
  '6.1-memcg': { first: 'workingset_refault_file 0', lines: 21 },
  '6.1-memcg-panic': { first: 'workingset_refault_file 0', lines: 21 },
};

/** More was printed than the ring buffer holds: it has the end. */
const fullRings: ReadonlySet<string> = new Set(['forks', 'workers']);

const dumps = allDumps().filter((dump) => dumpFile(`${dirname(dump)}/kernel.log`));

describe.skipIf(dumps.length === 0)('every line, timestamp and caller that the console has, and in its order', () => {
  test.each(dumps)('%s', async (dump) => {
    const printed = consoleOf(dump);
    const withCaller = printed[0]!.includes('][');
    const found = linesOf(await kernelOf(dump))
      .filter(({ remark, timeNs }) => remark === undefined && timeNs !== undefined)
      .flatMap((line) => asPrinted(line, withCaller));
    const onConsole = new Set(printed);
    const kept = fullRings.has(dirname(dump))
      ? printed.slice(printed.indexOf(found.find((line) => onConsole.has(line))!))
      : printed;
    expect(kept.length).toBeGreaterThan(100);
    expect(found.filter((line) => onConsole.has(line))).toEqual(kept);
    const lost = found.filter((line) => !onConsole.has(line));
    const known = lostByTheConsole[dirname(dump)];
    expect(lost).toHaveLength(known?.lines ?? 0);
    if (known) expect(lost[0]!.endsWith(` ${known.first}`)).toBe(true);
  });
});

test.skipIf(!dumpFile('6.12-idle/vmcore'))('VMCOREINFO is enough: no symbols, no types', async () => {
  const kernel = await kernelOf('6.12-idle/vmcore');
  const alone = [...logRecordsByVmcoreinfo(kernel.memory, (key) => kernel.vmcoreinfo(key))];
  expect(alone.flatMap((entry) => ('remark' in entry ? entry.remark : asPrinted(entry, true)))).toEqual(
    consoleOf('6.12-idle/vmcore'),
  );
});

test.skipIf(!dumpFile('5.10-lockstuck/vmcore'))('what a CPU said in an NMI and never handed over', async () => {
  const lines = linesOf(await kernelOf('5.10-lockstuck/vmcore'));
  const at = lines.findIndex(
    ({ remark, text }) => remark && text === 'CPU 1 said this in an NMI; it had not reached the log:',
  );
  expect(lines[at + 1]).toEqual({
    level: 0,
    facility: 0,
    caller: 'C1',
    text: 'traps: PANIC: double fault, error_code: 0x0',
  });
  expect(consoleOf('5.10-lockstuck/vmcore').join()).not.toContain('double fault');
});

describe.skipIf(!dumpFile('6.1-global-panic/vmcore'))('what is asked for', () => {
  test('level, pattern, tail', async () => {
    const kernel = await kernelOf('6.1-global-panic/vmcore');
    const all = linesOf(kernel);
    const severe = linesOf(kernel, { level: 'err' });
    expect(severe.length).toBeGreaterThan(0);
    expect(severe).toEqual(all.filter(({ level }) => level !== undefined && level <= 3));
    expect(linesOf(kernel, { grep: 'INVOKED OOM-killer' }).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^a\.out invoked oom-killer/),
    ]);
    expect(linesOf(kernel, { limit: 5 })).toEqual([
      { text: `${all.length - 5} earlier messages not shown`, remark: true },
      ...all.slice(-5),
    ]);
    const [none, ...others] = linesOf(kernel, { grep: 'no such message' });
    expect([none, others]).toEqual([
      { text: expect.stringMatching(/^none of \d+ messages matches --grep$/) as string, remark: true },
      [],
    ]);
    expect(linesOf(kernel, { grep: 'no such message', level: 'crit' })).toEqual([
      {
        text: expect.stringMatching(/^none of \d+ messages is as severe as crit and matches --grep$/) as string,
        remark: true,
      },
    ]);
    expect(() => linesOf(kernel, { grep: '(' })).toThrow('is no regular expression');
    expect(kernel.gaps.list).toEqual([]);
  });
});
