import { placeInWords, type Place } from '../timeline/event.js';
import { anyOf } from '../words/any-of.js';
import { word } from '../words/known-facts.js';
import { told, toldJoined, type Told } from '../words/told.js';
import { REPORTING } from './oops-in-words.js';
import type { OopsText } from './oops-text.js';
import { PANICKING } from './panic-in-words.js';

/** Functions that are named, innermost first. */
const NAMED = 8;

/** What runs because a watchdog or a check reports, above what it found. */
const WATCHING = anyOf(
  /show_\w+|dump_\w+|\w*backtrace\w*|nmi_\w+|(?:default_)?do_nmi|\w*_nmi|end_repeat_nmi|warn_slowpath_\w+|__warn/,
  /watchdog_\w+|__perf_event_overflow|perf_event_\w+|intel_pmu_handle_irq|x86_pmu_handle_irq|kasan_\w+|__kasan_\w+/,
  /print_\w+|check_cpu_stall|rcu_\w+|sched_show_task|update_process_times|tick_\w+|_{0,2}hrtimer_\w+/,
  /\w*timer_interrupt|(?:asm_)?sysvec_\w+|__asan_\w+/,
);

/** Its stack, less what runs because it is reported; what was found by scanning, where there is no other. */
export function stackTold(oops: OopsText): Told | undefined {
  const own = stackOf(oops);
  if (own.length > 0) return told`Its stack: ${namedIn(own)}.`;
  const scanned = oops.scanned.filter((one) => !isOfReport(one) && !REPORTING.test(one.function));
  return scanned.length === 0 || oops.trace.length > 0
    ? undefined
    : told`On its stack, by scanning: ${namedIn(scanned)}.`;
}

/** Who called what the report is of. */
export function stackOf({ trace, place, interrupted, fault }: OopsText): readonly Place[] {
  const top = place ?? interrupted?.place;
  // Of an exhausted stack the innermost function may stand on it many times; above where a task waits is for what.
  const isWhole = fault === 'stack guard page' || fault === 'hung task';
  const at = isWhole ? -1 : trace.findIndex((one, i) => i < NAMED * 4 && one.function === top?.function);
  const below = trace.slice(at + 1);
  return at >= 0 ? below : below.slice(below.findIndex((one) => !isOfReport(one)) >>> 0);
}

function isOfReport({ function: name }: Place): boolean {
  return PANICKING.test(name) || WATCHING.test(name);
}

function namedIn(places: readonly Place[]): Told {
  const named = places.slice(0, NAMED).map((one, i) => word(`stack ${i + 1}`, placeInWords(one), 'the log'));
  return told`${toldJoined(named, ' ← ')}${places.length > NAMED ? ' ← …' : ''}`;
}
