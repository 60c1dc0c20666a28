import { expect, test } from 'vitest';
import type { LogEntry } from '../../src/linux/printk/log-entry.js';
import { withPlausibleStamps } from '../../src/linux/printk/stamps.js';

const DAY = 86_400;
const record = (seconds: number | undefined): LogEntry => ({
  level: 6,
  facility: 0,
  text: 'x',
  ...(seconds === undefined ? {} : { timeNs: seconds * 1e9 }),
});

/** Stamps in seconds, "-" where there is none. */
function stamps(given: readonly (number | undefined)[], clock?: number): string {
  const told: string[] = [];
  const entries = [
    ...withPlausibleStamps(
      given.map(record),
      () => clock && clock * 1e9,
      (reason) => told.push(reason),
    ),
  ];
  const after = entries.map((entry) => ('timeNs' in entry ? String(entry.timeNs / 1e9) : '-'));
  expect(told).toHaveLength(after.filter((stamp, i) => stamp === '-' && given[i] !== undefined).length);
  return after.join(' ');
}

test.each([
  ['in order', [1, 2, 3], 3, '1 2 3'],
  ['idle for a month', [1, 30 * DAY, 30 * DAY + 1], 30 * DAY + 2, `1 ${30 * DAY} ${30 * DAY + 1}`],
  ['CPUs print beside each other', [5, 4.9, 5.1], 5, '5 4.9 5.1'],
  ['a guest whose clock jumped, and stayed there', [1, 90 * DAY, 90 * DAY + 1], 4, `1 ${90 * DAY} ${90 * DAY + 1}`],
  ['one far ahead', [1, 2, 1e6, 3, 4], 4, '1 2 - 3 4'],
  ['one far behind', [1e6, 1e6 + 1, 0, 1e6 + 2], 1e6 + 3, '1000000 1000001 - 1000002'],
  ['the last far ahead of the clock', [1, 2, 1e6], 2, '1 2 -'],
  ['the last an hour ahead of the clock', [1, 2, 3602], 2, '1 2 3602'],
  ['the clock is not known', [1, 2, 1e6], undefined, '1 2 1000000'],
  ['the clock is damaged: it lies before the log', [1e6, 1e6 + 1], 5, '1000000 1000001'],
  ['beyond a century', [1, 2 ** 33, 2 ** 33 + 1], undefined, '1 - -'],
  ['without a stamp', [1, undefined, 2], 2, '1 - 2'],
  ['alone', [7], undefined, '7'],
])('%s', (_, given, clock, expected) => expect(stamps(given, clock)).toBe(expected));

test('remarks stay where they stand', () => {
  const entries = [record(1), { remark: 'gone' }, record(1e6), { remark: 'gone too' }, record(2)];
  const after = [
    ...withPlausibleStamps(
      entries,
      () => undefined,
      () => {},
    ),
  ];
  expect(after.map((entry) => ('remark' in entry ? entry.remark : (entry.timeNs ?? '-')))).toEqual([
    1e9,
    'gone',
    '-',
    'gone too',
    2e9,
  ]);
});
