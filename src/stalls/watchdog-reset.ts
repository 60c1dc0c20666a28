import { cpuTold } from '../locks/findings/waits-in-words.js';
import { duration } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';

/** watchdog_touch_ts counts in no smaller steps. */
const STAMP_NS = 2 ** 30;

/** What a CPU's soft lockup watchdog has of its time. */
export interface WatchdogReset {
  /** Since its stamp. */
  readonly resetNs: number;
  /** For how long the CPU has not switched, where that is known. */
  readonly sameTaskNs: number | undefined;
  /** Nothing but its own work sets the stamp: since 5.13 (fef06efc2ebb) who touches it sets watchdog_report_ts. */
  readonly isOfItsWork: boolean;
}

/**
 * When the soft lockup watchdog's work last ran; where code that takes long sets the same stamp
 * (touch_softlockup_watchdog()), as reports of RCU stalls do, when it was last reset, and that it was by such code if
 * no other task has run since.
 */
export function watchdogResetTold(cpu: number, role: string, reset: WatchdogReset): Told {
  const { resetNs, sameTaskNs, isOfItsWork } = reset;
  const where = cpuTold(cpu, role);
  const ago = duration(`${role}.watchdog`, resetNs, 'the latest clock − watchdog_touch_ts');
  if (isOfItsWork) return told`The soft lockup watchdog's work last ran on CPU ${where} some ${ago} ago.`;
  const isTouched = sameTaskNs !== undefined && sameTaskNs - resetNs > STAMP_NS;
  const by = isTouched ? ', by code that touched it: its own work has had no turn' : '';
  return told`The soft lockup watchdog of CPU ${where} was last reset some ${ago} ago${by}.`;
}
