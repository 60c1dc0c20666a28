import { findings, type Finding, type FindingsView } from 'oompm';
import type { Judgement } from 'oompm/oom';

/** What the verdicts say, as a report's findings. */
export function findingsView(judgements: readonly Judgement[], id = 'verdicts'): FindingsView {
  return findings('What the OOM report says', judgements.map(asFinding), { id });
}

function asFinding({ id, weight, certainty, moment, sentence, evidence }: Judgement): Finding {
  return { id, weight, certainty, moment, sentence, evidence };
}
