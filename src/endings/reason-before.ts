import type { LogRecord } from '../linux/printk/log-entry.js';
import { isCutHere } from '../words/report-marks.js';

/** KERN_WARNING: what is said of a fault is no less. */
const WARNING = 4;

/**
 * What the code said of the BUG() or WARN() whose line is there: a WARN() its text behind the mark "cut here", a check
 * right before that mark; undefined where it said nothing, and for lines that only stand before.
 */
export function reasonBefore(records: readonly LogRecord[], at: number, isOfCheck: boolean): LogRecord | undefined {
  const own = records.slice(0, at + 1).filter(({ caller }) => caller === records[at]!.caller);
  const [before, last] = [own.at(-3), own.at(-2)];
  if (last === undefined) return undefined;
  const isBehind = !isCutHere(last.text) && before !== undefined && isCutHere(before.text);
  const reason = isBehind ? last : isOfCheck && isCutHere(last.text) ? before : undefined;
  return reason?.level === undefined || reason.level > WARNING ? undefined : reason;
}
