const below = { certain: 'likely', likely: 'possible', possible: 'possible' } as const;

interface Conclusion {
  readonly certainty: keyof typeof below;
  readonly evidence: readonly string[];
}

/** A conclusion that rests on what could not be read in full: less sure by a step, and it says what was met. */
export function lessSure<C extends Conclusion>(conclusion: C, met: readonly string[]): C {
  if (met.length === 0) return conclusion;
  return {
    ...conclusion,
    certainty: below[conclusion.certainty],
    evidence: [...conclusion.evidence, `Not all that this rests on could be read: ${met.join('; ')}.`],
  };
}
