import { bySurest } from '../words/certainty.js';
import type { Finding, FindingKind } from '../words/finding.js';
import type { OomReport } from './model.js';
import { judgedByWhatWasRead } from './noted-report.js';
import type { Verdict } from './verdict.js';
import { afterwardsKind } from './verdicts/afterwards.js';
import { constraint } from './verdicts/constraint.js';
import { earlierKind } from './verdicts/earlier.js';
import { memoryHeld } from './verdicts/memory-held.js';
import { processHeld } from './verdicts/process-held.js';
import { nothingWrong } from './verdicts/nothing-wrong.js';
import { poolHeld } from './verdicts/pool-held.js';
import { prevention } from './verdicts/prevention.js';
import { reclaim } from './verdicts/reclaim.js';
import { stillThere } from './verdicts/still-there.js';
import { victim } from './verdicts/victim.js';
import { watermark } from './verdicts/watermark.js';

/** Every verdict; each reads only the model. */
export const verdicts: readonly Verdict[] = [
  nothingWrong,
  constraint,
  watermark,
  memoryHeld,
  processHeld,
  poolHeld,
  reclaim,
  victim,
  stillThere,
  prevention,
];

/** Every kind of finding that they may come to. */
export const oomFindingKinds: readonly FindingKind[] = [
  ...verdicts.flatMap(({ kinds }) => kinds),
  afterwardsKind,
  earlierKind,
];

/** What the verdicts say of a report, the weightiest and surest first. */
export function judge(report: OomReport): Finding[] {
  return verdicts
    .flatMap((verdict) =>
      judgedByWhatWasRead([report], (noted) => {
        const answer = verdict.judge(noted!);
        return 'so' in answer ? answer.so : [];
      }),
    )
    .toSorted((a, b) => b.weight - a.weight || bySurest(a, b));
}

/** The verdicts that do not hold, each with the reason. */
export function rejected(report: OomReport): { readonly id: string; readonly because: string }[] {
  return verdicts.flatMap((verdict) => {
    const answer = verdict.judge(report);
    return 'so' in answer ? [] : [{ id: verdict.id, because: answer.notSo }];
  });
}
