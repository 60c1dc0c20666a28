import type { Finding, FindingKind } from '../words/finding.js';
import type { OomReport } from './model.js';

/** A verdict's answer: findings, or why there is none. */
export type Answer = { readonly so: readonly Finding[] } | { readonly notSo: string };

/** A question about an OOM report, and the findings that answer it. */
export interface Verdict {
  readonly id: string;
  /** The findings that it may come to. */
  readonly kinds: readonly FindingKind[];
  judge(report: OomReport): Answer;
}

/** It is so. */
export function so(...findings: readonly Finding[]): Answer {
  return { so: findings };
}

/** It is not so, or nothing tells. */
export function notSo(because: string): Answer {
  return { notSo: because };
}
