import { expect, test } from 'vitest';
import { timestamp } from '../../src/report/format-value.js';
import { logStamp } from '../../src/words/log-stamp.js';

test.each([
  [26_273_669_999, '26.273669'],
  [0, '0.000000'],
  [999, '0.000000'],
  [1_000, '0.000001'],
])('%d ns is cut to %s, as dmesg prints it', (ns, stamp) => {
  expect(logStamp(ns)).toBe(stamp);
  expect(timestamp(ns)).toBe(`[${stamp.padStart(12)}]`);
});
