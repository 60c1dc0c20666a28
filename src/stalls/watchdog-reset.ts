import { cpuTold } from '../locks/findings/waits-in-words.js';
import { duration } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';

/** watchdog_touch_ts counts in no smaller steps. */
const STAMP_NS = 2 ** 30;

/**
 * When the soft lockup watchdog was last reset, and that it was not by its own work where no other task has run since:
 * code that takes long touches it (touch_softlockup_watchdog()), as reports of RCU stalls do.
 * @param sameTaskNs for how long the CPU has not switched, where that is known
 */
export function watchdogResetTold(cpu: number, role: string, resetNs: number, sameTaskNs: number | undefined): Told {
  const ago = duration(`${role}.watchdog`, resetNs, 'the latest clock − watchdog_touch_ts');
  const isTouched = sameTaskNs !== undefined && sameTaskNs - resetNs > STAMP_NS;
  const by = isTouched ? ', by code that touched it: its own work has had no turn' : '';
  return told`The soft lockup watchdog of CPU ${cpuTold(cpu, role)} was last reset some ${ago} ago${by}.`;
}
