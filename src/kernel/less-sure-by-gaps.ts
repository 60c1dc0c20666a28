import { lossesInWords, withGaps } from './gathered-gaps.js';
import type { Kernel } from './kernel.js';
import { lessSure } from '../words/certainty.js';
import type { Finding } from '../words/finding.js';

/** Findings that met gaps on their way are less sure by a step: what could not be read may have said otherwise. */
export function lessSureByGaps<F extends Finding>(kernel: Kernel, judge: () => readonly F[]): readonly F[] {
  const { result, gaps } = withGaps(kernel, judge);
  const met = lossesInWords(gaps);
  return met === undefined ? result : result.map((finding) => lessSure(finding, [met]));
}
