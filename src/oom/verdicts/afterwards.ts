import { exactly } from '../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { told } from '../../words/told.js';
import { amount, ifCounted, pageKB, totalOf, type OomReport } from '../model.js';
import { judgedByWhatWasRead } from '../noted-report.js';
import { factsIn } from '../report-facts.js';
import { managedKB } from '../zones.js';
import { consumers, placeOf } from './consumers.js';

export const afterwardsKind = findingKind({
  id: 'oom.afterwards',
  meaning: 'The state of memory when the dump was taken, and how that differs from the last OOM report.',
  when: 'the free memory of every zone could be read from the dump',
  moment: 'dump',
  step: 'certain',
});

/** From this share of free memory on, nothing presses. */
const plenty = 0.1;

/** How memory stands at the time of the dump, and what has changed since the last report. */
export function afterwards(state: OomReport, last: OomReport | undefined): readonly Finding[] {
  return judgedByWhatWasRead([state, last], (noted, before) => howItStands(noted!, before));
}

function howItStands(state: OomReport, last: OomReport | undefined): Finding[] {
  const free = freeKB(state);
  const whole = managedKB(state, pageKB(state));
  if (free === undefined || whole === undefined) return [];
  const before = last === undefined ? undefined : freeKB(last);
  const largest = consumers(state)?.consumers.find((consumer) => consumer.kind !== 'free');
  const pressed = state
    .zones!.filter((zone) => zone.kB.managed !== 0)
    .every(({ kB }) => kB.free !== undefined && kB.low !== undefined && amount(kB.free) <= amount(kB.low));
  // Each CPU keeps some, and what one of them keeps may not be readable.
  const least = state.zones!.every((zone) => zone.kB.free_pcp !== undefined) ? '' : 'at least ';
  const { kB, managed, share } = factsIn(state);
  const [freeTold, wholeTold] = [kB('free', free, 'free + free_pcp of the zones'), managed(whole)];
  const atReport =
    before === undefined || last === undefined
      ? undefined
      : factsIn(last).kB('free at the report', before, 'free + free_pcp of the zones');
  const since = atReport === undefined ? '' : told`; at the last report it was ${atReport}`;
  const held = largest && kB(largest.kind, largest.kB, placeOf[largest.kind]);
  const holder =
    held === undefined
      ? ''
      : told`, and the largest consumer is ${largest!.name} with ${held} (${share(held, wholeTold)})`;
  const stands = (): string => {
    if (pressed) return 'Memory was short when the dump was taken';
    if (free >= whole * plenty) return 'Memory was not short when the dump was taken';
    return 'Memory was tight when the dump was taken, but above its watermarks';
  };
  return [
    conclude(
      afterwardsKind,
      {
        subject: { kind: 'machine' },
        sentence: told`${stands()}: ${least}${freeTold} of ${wholeTold} (${share(freeTold, wholeTold)}) is free${since}${holder}.`,
        evidence: [
          told`free ${exactly(freeTold)} of ${exactly(wholeTold)} managed`,
          ...(atReport === undefined ? [] : [told`free at the report: ${exactly(atReport)}`]),
        ],
      },
      pressed ? 'short' : 'not short',
    ),
  ];
}

function freeKB(report: OomReport): number | undefined {
  if (report.zones === undefined || report.zones.length === 0) return undefined;
  return totalOf(report.zones.flatMap((zone) => [zone.kB.free, ifCounted(zone.kB.free_pcp)]));
}
