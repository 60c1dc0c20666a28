/** How sure a statement is; the same words as findings use. certain: it follows from what was read. */
export type Certainty = 'certain' | 'likely' | 'possible';

const ORDER: readonly Certainty[] = ['certain', 'likely', 'possible'];

/** A conclusion is as sure as the weakest that it rests on. */
export function weakest(...parts: readonly Certainty[]): Certainty {
  return ORDER[Math.max(0, ...parts.map((part) => ORDER.indexOf(part)))]!;
}

/** For sorting: what is surest first. */
export function bySurest(a: { readonly certainty: Certainty }, b: { readonly certainty: Certainty }): number {
  return ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty);
}
