import { sizeOfKB } from '../../words/quantity.js';
import { amount, ifCounted, pageKB, totalOf, type OomReport } from '../model.js';
import { judgedByWhatWasRead } from '../noted-report.js';
import { exactKB, share } from '../quantity.js';
import type { Judgement } from '../verdict.js';
import { managedKB } from '../zones.js';
import { consumers } from './memory-held.js';

/** From this share of free memory on, nothing presses. */
const plenty = 0.1;

/** How memory stands at the time of the dump, and what has changed since the last report. */
export function afterwards(state: OomReport, last: OomReport | undefined): readonly Judgement[] {
  return judgedByWhatWasRead([state, last], (noted, before) => howItStands(noted!, before));
}

function howItStands(state: OomReport, last: OomReport | undefined): Judgement[] {
  const free = freeKB(state);
  const whole = managedKB(state, pageKB(state));
  if (free === undefined || whole === undefined) return [];
  const before = last === undefined ? undefined : freeKB(last);
  const largest = consumers(state)?.consumers.find((consumer) => consumer.name !== 'free');
  const pressed = state.zones!.filter((zone) => zone.kB.managed !== 0).every(({ kB }) => kB.free !== undefined && kB.low !== undefined && amount(kB.free) <= amount(kB.low));
  // Each CPU keeps some, and what one of them keeps may not be readable.
  const least = state.zones!.every((zone) => zone.kB.free_pcp !== undefined) ? '' : 'at least ';
  const since = before === undefined ? '' : `; at the last report it was ${sizeOfKB(before)}`;
  const holder = largest === undefined ? '' : `, and the largest consumer is ${largest.name} with ${sizeOfKB(largest.kB)} (${share(largest.kB, whole)})`;
  const state_ = pressed ? 'Memory was short when the machine stopped' : free >= whole * plenty ? 'Memory was not short when the machine stopped' : 'Memory was tight when the machine stopped, but above its watermarks';
  return [{
    id: 'oom.afterwards', weight: pressed ? 60 : 20, certainty: 'certain', moment: 'dump',
    sentence: `${state_}: ${least}${sizeOfKB(free)} of ${sizeOfKB(whole)} (${share(free, whole)}) is free${since}${holder}.`,
    evidence: [`free ${exactKB(free)} of ${exactKB(whole)} managed`, ...(before === undefined ? [] : [`free at the report: ${exactKB(before)}`])],
  }];
}

function freeKB(report: OomReport): number | undefined {
  if (report.zones === undefined || report.zones.length === 0) return undefined;
  return totalOf(report.zones.flatMap((zone) => [zone.kB.free, ifCounted(zone.kB.free_pcp)]));
}
