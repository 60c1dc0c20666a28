/** How sure a statement is. certain: it follows from what was read. */
export const certainties = ['certain', 'likely', 'possible'] as const;

/** One of them. */
export type Certainty = (typeof certainties)[number];

/** What a conclusion rests on beside the values that it tells, and how sure that is: another conclusion, a default. */
export interface Premise {
  /** In words: "init (1) holds it: …". */
  readonly what: string;
  readonly certainty: Certainty;
}

/** As sure as the weakest. */
export function weakest(...parts: readonly Certainty[]): Certainty {
  return certainties[Math.max(0, ...parts.map((part) => certainties.indexOf(part)))]!;
}

/** For sorting: what is surest first. */
export function bySurest(a: { readonly certainty: Certainty }, b: { readonly certainty: Certainty }): number {
  return certainties.indexOf(a.certainty) - certainties.indexOf(b.certainty);
}

/**
 * How sure a conclusion is; no finding has its certainty from anywhere else. It is as sure as the step that leads to
 * it: certain where it follows by arithmetic or by the kernel's own rules, likely where it is the best of several
 * explanations, possible where it is worth a look. It is no surer than the weakest of what it rests on. And it is a
 * step less sure where something that was looked at on the way could not be read, be it one thing or many.
 */
export function derivedCertainty(
  step: Certainty,
  restsOn: readonly Premise[] = [],
  unread: readonly string[] = [],
): Certainty {
  const sure = weakest(step, ...restsOn.map(({ certainty }) => certainty));
  if (unread.length === 0) return sure;
  return certainties[certainties.indexOf(sure) + 1] ?? sure;
}

interface Conclusion {
  readonly certainty: Certainty;
  readonly evidence: readonly string[];
  readonly unread?: readonly string[];
}

/** A conclusion that rests on what could not be read in full: less sure by a step, and it says what was met. */
export function lessSure<C extends Conclusion>(conclusion: C, met: readonly string[]): C {
  if (met.length === 0) return conclusion;
  return {
    ...conclusion,
    certainty: derivedCertainty(conclusion.certainty, [], met),
    evidence: [...conclusion.evidence, `Not all that this rests on could be read: ${met.join('; ')}.`],
    unread: [...(conclusion.unread ?? []), ...met],
  };
}
