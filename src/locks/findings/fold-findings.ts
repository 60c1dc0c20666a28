/** What folding needs of a finding. */
interface Foldable {
  readonly id: string;
  readonly about: string;
  readonly certainty: string;
  readonly sentence: string;
  readonly evidence: readonly string[];
}

/** Findings of one kind that are told one by one. */
const TOLD = 4;
/** Of those that are folded, so many are named as evidence. */
const NAMED = 20;

/** A hundred inodes that are waited for are one story: what is like four others goes into one finding that lists it. */
export function foldAlike<F extends Foldable>(findings: readonly F[]): readonly F[] {
  const byKind = new Map<string, F[]>();
  for (const finding of findings) {
    const key = `${finding.id} ${finding.certainty} ${finding.about}`;
    byKind.set(key, [...(byKind.get(key) ?? []), finding]);
  }
  return [...byKind.values()].flatMap((alike) =>
    alike.length <= TOLD + 1 ? alike : [...alike.slice(0, TOLD), folded(alike.slice(TOLD))],
  );
}

function folded<F extends Foldable>(rest: readonly F[]): F {
  const [first] = rest as readonly [F, ...F[]];
  const more = rest.length > NAMED ? [`${rest.length - NAMED} more; the table of locks has them all.`] : [];
  return {
    ...first,
    sentence: `${rest.length} more like that, of ${first.about}.`,
    evidence: [...rest.slice(0, NAMED).map(({ sentence }) => sentence), ...more],
  };
}
