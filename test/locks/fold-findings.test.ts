import { describe, expect, test } from 'vitest';

import { foldAlike, type Foldable } from '../../src/locks/findings/fold-findings.js';

const finding = (id: string, name: string, number: number): Foldable => ({
  id,
  subject: { kind: 'lock', name },
  certainty: 'possible',
  sentence: `${id} ${number}`,
  evidence: [`of ${number}`],
});
const many = (count: number) =>
  Array.from({ length: count }, (_, number) => finding('lock.owner-unknown', 'PG_locked', number));

describe('findings that are alike', () => {
  test('up to five are told one by one, in their order', () => {
    expect(foldAlike(many(5))).toEqual(many(5));
  });

  test('of more, four are told, and the others are listed in one', () => {
    const folded = foldAlike([...many(30), finding('lock.deadlock', 'a, b', 0)]);
    expect(folded.map(({ sentence }) => sentence)).toEqual([
      ...many(4).map(({ sentence }) => sentence),
      '26 more like that, of PG_locked.',
      'lock.deadlock 0',
    ]);
    expect(folded[4]!.evidence).toHaveLength(21);
    expect(folded[4]!.evidence.at(-1)).toBe('6 more; the table of locks has them all.');
  });

  test('what is about another thing, of another kind, or as sure as no other, is not alike', () => {
    const mixed = [
      ...many(3),
      ...many(3).map((one) => ({ ...one, certainty: 'certain' as const })),
      ...many(3).map((one) => ({ ...one, subject: { kind: 'lock' as const, name: 'i_rwsem' } })),
      ...many(3).map((one) => ({ ...one, id: 'lock.frozen' })),
    ];
    expect(foldAlike(mixed)).toHaveLength(12);
  });
});
