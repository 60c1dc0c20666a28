import { factsOf, type Facts, type Told } from '../words/told.js';
import type { Certainty, OomReport } from './model.js';

/** A conclusion with what it rests on; has the fields of a plugin's `Finding`. */
export interface Judgement {
  /** Stable: 'oom.watermark'. */
  readonly id: string;
  /** 0 to 100: how much it explains of why memory ran out. */
  readonly weight: number;
  readonly certainty: Certainty;
  /** The moment it speaks of: the report's, or the dump's. */
  readonly moment: 'report' | 'dump';
  readonly sentence: string;
  /** What it rests on, with its arithmetic, a line each. */
  readonly evidence: readonly string[];
  /** The values that sentence and evidence tell, with where each was read. */
  readonly facts?: Facts;
}

/** A conclusion whose words are made of facts. */
export function conclude({
  sentence,
  evidence,
  ...what
}: Omit<Judgement, 'sentence' | 'evidence' | 'facts'> & {
  readonly sentence: Told;
  readonly evidence: readonly (string | Told)[];
}): Judgement {
  return {
    ...what,
    sentence: sentence.text,
    evidence: evidence.map((line) => (typeof line === 'string' ? line : line.text)),
    facts: factsOf([sentence, ...evidence]),
  };
}

/** A verdict's answer: judgements, or why there is none. */
export type Answer = { readonly so: readonly Judgement[] } | { readonly notSo: string };

/** One question on a report, with its answer: judgements, or why there is none. */
export interface Verdict {
  readonly id: string;
  judge(report: OomReport): Answer;
}

export function so(...judgements: readonly Judgement[]): Answer {
  return { so: judgements };
}

export function notSo(because: string): Answer {
  return { notSo: because };
}
