import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge, reportsIn } from '../../src/oom/index.js';
import { share } from '../../src/oom/quantity.js';
import { shareOf } from '../../src/oom/report-facts.js';
import { kB } from '../../src/words/known-facts.js';
import { dumpFile } from '../dumps.js';
import { amissIn } from '../words/untold.js';

const field = resolve(import.meta.dirname, '../../../shared/oom-logs');
const isThere = existsSync(field);
if (!isThere) console.log(`skipped: ${field} is not there; it holds the field logs`);
const logs = [
  dumpFile('6.1-global-panic/kernel.log')!,
  ...(isThere
    ? readdirSync(field)
        .filter((name) => name.endsWith('.log'))
        .map((name) => resolve(field, name))
    : []),
];

describe('every number in a sentence of a verdict is a fact with its source', () => {
  test.each(logs.map((path) => [path.slice(path.lastIndexOf('/') + 1), path]))('%s', (_, path) => {
    for (const report of reportsIn(readFileSync(path, 'utf8'))) {
      for (const finding of judge(report)) expect(amissIn(finding), `${finding.id}: ${finding.sentence}`).toEqual([]);
    }
  });
});

test('a share is kept as it is, and of nothing there is none', () => {
  expect(shareOf(kB('used', 1, 'x'), kB('whole', 3, 'x'))).toEqual({
    name: 'used share',
    fact: { value: (1 / 3) * 100, unit: 'percent', source: 'used / whole' },
    text: '33 %',
  });
  expect(shareOf(kB('used', 1, 'x'), kB('whole', 0, 'x')).fact).toEqual({ value: 'none', source: 'used / whole' });
});

test('what is managed says of what it was made', () => {
  const [report] = reportsIn(readFileSync(logs[0]!, 'utf8'));
  const managed = judge(report!).find(({ id }) => id === 'oom.memory-held.shares')!.facts!['managed'];
  expect(managed!.source).toMatch(/^pages RAM − pages reserved, in the log, lines \d+ to \d+$/);
});

test.each([
  [953, 1000, '95 %'],
  [4, 1000, '0.4 %'],
  [5, 10_000, 'under 0.1 %'],
  [995, 1000, '99.5 %'],
  [9_999, 10_000, 'over 99.9 %'],
  [1000, 1000, '100 %'],
  [0, 1000, '0 %'],
])('%d of %d is %s: no part looks like none or all of it', (part, whole, words) => {
  expect(share(part, whole)).toBe(words);
});
