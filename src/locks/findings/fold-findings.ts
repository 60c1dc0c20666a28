import type { Certainty } from '../../words/certainty.js';
import { number } from '../../words/known-facts.js';
import type { Subject } from '../../words/subject.js';
import { told, type Facts } from '../../words/told.js';

/** What folding needs of a finding. */
export interface Foldable {
  readonly id: string;
  readonly subject?: Subject;
  readonly certainty: Certainty;
  readonly sentence: string;
  readonly evidence: readonly string[];
  readonly facts?: Facts;
}

/** Findings of one kind that are told one by one. */
const TOLD = 4;
/** Of those that are folded, so many are named as evidence. */
const NAMED = 20;

/** A hundred inodes that are waited for are one story: what is like four others goes into one finding that lists it. */
export function foldAlike<F extends Foldable>(findings: readonly F[]): readonly F[] {
  const byKind = new Map<string, F[]>();
  for (const finding of findings) {
    const key = `${finding.id} ${finding.certainty} ${finding.subject?.name}`;
    byKind.set(key, [...(byKind.get(key) ?? []), finding]);
  }
  return [...byKind.values()].flatMap((alike) =>
    alike.length <= TOLD + 1 ? alike : [...alike.slice(0, TOLD), folded(alike.slice(TOLD))],
  );
}

function folded<F extends Foldable>(rest: readonly F[]): F {
  const [first] = rest as readonly [F, ...F[]];
  const more = rest.length > NAMED ? [`${rest.length - NAMED} more; the table of locks has them all.`] : [];
  const { kind, name = kind } = first.subject ?? { kind: 'other' };
  const { text, facts } =
    told`${number('more like that', rest.length, 'findings of one kind, of locks of one name')} more like that, of ${name}.`;
  return {
    ...first,
    subject: { kind, name },
    sentence: text,
    facts,
    evidence: [...rest.slice(0, NAMED).map(({ sentence }) => sentence), ...more],
  };
}
