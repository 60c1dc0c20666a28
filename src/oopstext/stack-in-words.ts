import { placeInWords, type Place } from '../timeline/event.js';
import { word } from '../words/known-facts.js';
import { told, toldJoined, type Told } from '../words/told.js';
import type { OopsText } from './oops-text.js';
import { isOfReport, REPORTING, stackOf } from './stack.js';

/** Functions that are named, innermost first. */
const NAMED = 8;

/** Its stack, less what runs because it is reported; what was found by scanning, where there is no other. */
export function stackTold(oops: OopsText): Told | undefined {
  const own = stackOf(oops);
  if (own.length > 0) return told`Its stack: ${namedIn(own)}.`;
  const scanned = oops.scanned.filter((one) => !isOfReport(one) && !REPORTING.test(one.function));
  return scanned.length === 0 || oops.trace.length > 0
    ? undefined
    : told`On its stack, by scanning: ${namedIn(scanned)}.`;
}

function namedIn(places: readonly Place[]): Told {
  const named = places.slice(0, NAMED).map((one, i) => word(`stack ${i + 1}`, placeInWords(one), 'the log'));
  return told`${toldJoined(named, ' ← ')}${places.length > NAMED ? ' ← …' : ''}`;
}
