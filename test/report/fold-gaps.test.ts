import { expect, test } from 'vitest';

import type { Section } from '../../src/plugin/section.js';
import { foldGaps } from '../../src/report/fold-gaps.js';

const section = (plugin: string, gaps: readonly (readonly [what: string, reason: string])[]): Section => ({
  plugin,
  title: plugin,
  outcome: { kind: 'done' },
  views: [],
  gaps: gaps.map(([what, reason]) => ({ gap: true, what, reason })),
});

test('few gaps stand as they are, whatever they have in common', () => {
  const gaps = [
    ['a', '0x1000: page damaged'],
    ['b', '0x2000: page damaged'],
  ] as const;
  expect(foldGaps([section('oom', gaps), section('log', gaps.slice(0, 1))])).toEqual([
    { summary: 'oom: a: 0x1000: page damaged', folded: [] },
    { summary: 'oom: b: 0x2000: page damaged', folded: [] },
    { summary: 'log: a: 0x1000: page damaged', folded: [] },
  ]);
});

test('many of one cause are one line with their count, and those of another cause stay apart', () => {
  const many = Array.from(
    { length: 100 },
    (_, n) => [`task ${n}`, `0x${n.toString(16)}: page excluded from the dump`] as const,
  );
  const [folded, other] = foldGaps([
    section('ps', many),
    section('oom', [['zone', '0x10: page damaged'], ...many.slice(0, 2)]),
  ]);
  expect(folded?.summary).toBe(
    'ps and oom: page excluded from the dump, in 100 places: task 0; task 1; task 2; and 97 more',
  );
  expect(folded?.folded).toHaveLength(102);
  expect(other).toEqual({ summary: 'oom: zone: 0x10: page damaged', folded: [] });
});

test('the same place met by many sections is one place', () => {
  const sections = ['a', 'b', 'c', 'd', 'e', 'f'].map((plugin) =>
    section(plugin, [['btf_modules', '0x1: page excluded from the dump']]),
  );
  expect(foldGaps(sections)).toEqual([
    { summary: 'a, b, c, d, e and f: page excluded from the dump, in 1 place: btf_modules', folded: [] },
  ]);
});
