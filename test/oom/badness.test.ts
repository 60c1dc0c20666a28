import { expect, test } from 'vitest';

import { badnessOf, judge, reportsIn, type OomReport } from '../../src/oom/index.js';
import { globalReport } from './text.js';

const whole = reportsIn(globalReport)[0]!;
/** Without what says how much memory there is: totals, and the zones' managed pages. */
const { totals: _, zones: __, ...measureless }: OomReport = whole;
const withAdj = (report: OomReport, adj: number): OomReport => ({
  ...report,
  tasks: report.tasks!.map((task) => ({ ...task, oomScoreAdj: adj })),
});
const sentence = (report: OomReport): string =>
  judge(report).find(({ id }) => id.startsWith('oom.victim.'))?.sentence ?? '';

test('an oom_score_adj is no number where nothing says how much memory there is', () => {
  for (const { task, points } of badnessOf(measureless)) expect(points === undefined).toBe(task.oomScoreAdj !== 0);
  for (const { points } of badnessOf(whole)) expect(points).toBeDefined();
});

test('no zone that can be read is not a machine without memory', () => {
  expect(badnessOf({ ...measureless, zones: [] }).some(({ points }) => points === undefined)).toBe(true);
});

test('who comes next is said where it is known', () => {
  expect(sentence(whole)).toMatch(/next would have been/);
  expect(sentence(measureless)).toMatch(/who would have been next can't be determined/);
  expect(sentence(withAdj(measureless, 250))).toMatch(/next would have been/);
});
