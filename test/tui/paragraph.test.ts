import { describe, expect, test } from 'vitest';

import { findings } from '../../src/plugin/make-views.js';
import { summaryOf } from '../../src/report/summary.js';
import type { Finding } from '../../src/words/finding.js';
import { frameOf } from './toy-screen.js';
import { ToySession } from './toy-state.js';

const finding = (id: string, weight: number, sentence: string, more: Partial<Finding> = {}): Finding => ({
  id,
  weight,
  certainty: 'certain',
  moment: 'dump',
  sentence,
  evidence: ['so'],
  ...more,
});
const end = finding('ending.out-of-memory', 43, 'Memory ran out, on CPU 0 (a.out (52)).', { brief: 'Memory ran out.' });
const holder = finding('oom.memory-held.process', 80, `a.out holds the most: ${'12.3 MiB '.repeat(15)}in all.`);
const shares = finding('oom.memory-held.shares', 60, `Of all memory, ${'3 MiB are of one kind '.repeat(6)}in all.`);
const others = ['a', 'b', 'c', 'd', 'e'].map((id) =>
  finding(`oom.${id}`, 30, `${id} is so ${'and so on '.repeat(20)}.`),
);

const session = (given: readonly Finding[], columns: number, rows: number): ToySession =>
  new ToySession({ a: [findings('Findings', given)] }, { columns, rows });
const body = (given: readonly Finding[], columns = 80, rows = 24): string[] =>
  frameOf(session(given, columns, rows).state).slice(2, -1);
const asText = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(' ');

describe('the paragraph on the first screen', () => {
  const all = [end, holder, shares, ...others];

  test('stands at the top, folded to the width, in the words of the report', () => {
    for (const columns of [60, 80, 120]) {
      const lines = body(all, columns, 60);
      const title = lines.findIndex((line) => line.trim() === 'Findings  8');
      expect(asText(lines.slice(0, title)).trim()).toBe(summaryOf(all).join(' '));
    }
  });

  test('costs no finding its place on a small screen: all are in sight below it', () => {
    const lines = body(all);
    expect(lines.filter((line) => / [▸▾] ● /.test(line))).toHaveLength(all.length);
    // What stands in it is not told a second time, but for its beginning.
    const at = lines.findIndex((line) => line.includes('▸ ● a.out holds the most:'));
    expect(lines.slice(at, at + 2)).toEqual([
      expect.stringMatching(/ …$/),
      expect.stringMatching(/^ {2}▸ ● Of all memory, .* …$/),
    ]);
  });

  test('leaves the cursor on the first finding, and f goes from one to the next', () => {
    const small = session(all, 80, 24);
    expect(small.cursorLine).toContain('● a.out holds');
    expect(small.keys('ff').cursorLine).toContain('▾ ● Of all memory');
  });

  test('is cut at a word where it would fill a tiny screen', () => {
    const lines = body(all, 40, 10);
    const title = lines.findIndex((line) => line.trim() === 'Findings  8');
    expect(title).toBe(3);
    expect(lines[1]).toMatch(/ …$/);
    expect(lines.slice(title + 1).filter((line) => line.includes('●')).length).toBeGreaterThan(1);
  });

  test('is not there where it would say what the first finding says', () => {
    expect(body([finding('ending.exception', 97, 'It read through NULL.'), ...others])[0]).toBe('  Findings  6');
  });

  test('goes while one looks for other words, and stays for its own', () => {
    expect(asText(body(all, 80, 60))).toContain('Memory ran out. a.out');
    expect(asText(frameOf(session(all, 80, 60).keys('&e is so').state))).not.toContain('Memory ran out. a.out');
    expect(asText(frameOf(session(all, 80, 60).keys('&ran out').state))).toContain('Memory ran out. a.out');
  });
});
