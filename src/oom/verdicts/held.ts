import type { Told } from '../../words/told.js';
import { conclude, type Judgement } from '../verdict.js';

/** Below this share of memory a consumer explains nothing by itself. */
export const notable = 0.15;

/** One of the judgements of `oom.memory-held`. */
export function heldBy(
  part: string,
  weight: number,
  sentence: Told,
  evidence: readonly (string | Told)[],
  certainty: Judgement['certainty'] = 'certain',
): Judgement {
  return conclude({ id: `oom.memory-held.${part}`, weight, certainty, moment: 'report', sentence, evidence });
}
