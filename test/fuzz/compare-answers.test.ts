import { describe, expect, test } from 'vitest';
import { findings, gap, type Finding, type Gap } from 'oompm';

import type { Section } from '../../src/plugin/section.js';
import { breachesOf, breachesOfOrder } from './compare-answers.js';

const finding: Finding = {
  id: 'oom.x',
  weight: 50,
  certainty: 'certain',
  moment: 'dump',
  sentence: 'It holds 12 kB.',
  evidence: ['12 kB'],
  subject: { kind: 'other', name: 'x' },
};

function section(
  cell: string | number | Gap,
  more: Partial<Section> = {},
  found: readonly Finding[] = [finding],
): Section {
  return {
    plugin: 'zones',
    title: 'Zones',
    outcome: { kind: 'done' },
    gaps: [],
    views: [
      {
        kind: 'table',
        id: 'zones',
        title: 'Zones',
        columns: [{ key: 'held', title: 'HELD', type: 'kB' }],
        rows: [{ cells: { held: cell } }],
      },
      findings('Says', found),
    ],
    ...more,
  };
}

const answer = (one: Section) => ({ sections: [one], defects: [] });
const rules = (damaged: Section): string[] => breachesOf(answer(section(12)), answer(damaged)).map(({ rule }) => rule);
const lost = gap('zone', 'page damaged');
const unread = 'Not all that this rests on could be read: zone (page damaged).';

describe('a section that changed', () => {
  test.each<[string, Section, string[]]>([
    ['not at all', section(12), []],
    ['without a word', section(0), ['changed without a gap']],
    ['with a gap', section(0, { gaps: [lost] }), []],
    ['with a gap in the cell', section(lost), []],
    ['and ended with a reason', section(0, { outcome: { kind: 'failed', fault: 'dump', reason: 'page damaged' } }), []],
  ])('%s', (_, damaged, expected) => {
    expect(rules(damaged)).toEqual(expected);
  });
});

describe('a finding, in a section that has a gap', () => {
  const now = (...found: Partial<Finding>[]): string[] =>
    rules(
      section(
        12,
        { gaps: [lost] },
        found.map((one) => ({ ...finding, ...one })),
      ),
    );

  test('that is gone, or less sure, or says what was lost', () => {
    expect([
      now(),
      now({ sentence: 'It holds 8 kB.', certainty: 'likely' }),
      now({ evidence: [...finding.evidence, unread] }),
    ]).toEqual([[], [], []]);
  });

  test('of other numbers, as sure as before', () => {
    expect([now({ sentence: 'It holds 8 kB.' }), now({ evidence: ['8 kB'] })]).toEqual([
      ['a finding changed as sure as before'],
      ['a finding changed as sure as before'],
    ]);
  });

  test('that was not there: only where it says that it rests on less', () => {
    const other = { id: 'oom.y', subject: { kind: 'other', name: 'y' } as const, sentence: 'Nobody was killed.' };
    expect([
      now({}, other),
      now({}, { ...other, certainty: 'likely' }),
      now({}, { ...other, certainty: 'likely', evidence: [unread], unread: ['x'] }),
    ]).toEqual([['a finding that was not there'], ['a finding that was not there'], []]);
  });
});

test('a section that says other gaps alone than after all others', () => {
  expect(breachesOfOrder(answer(section(12)), [section(12, { gaps: [lost] })]).map(({ rule }) => rule)).toEqual([
    'other alone than after all others',
  ]);
  expect(breachesOfOrder(answer(section(12)), [section(12)])).toEqual([]);
});
