import { lossesInWords, withGaps } from '../../kernel/gathered-gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { isRemark, type LogRecord } from './log-entry.js';
import { logRecords } from './log.js';

/** include/uapi/linux/syslog.h; devkmsg_write() gives no user this facility. */
const LOG_KERN = 0;

/**
 * What the dead kernel itself said, as far as it can be read. What user space wrote through /dev/kmsg (a facility that
 * is not the kernel's, LOG_KERN) is left out: it may say anything.
 */
export function kernelRecords(kernel: Kernel): readonly LogRecord[] {
  return readLog(kernel).records;
}

/** Whether all of the log can be read: only then does it count that it is silent on something. */
export function isLogWhole(kernel: Kernel): boolean {
  return logHoles(kernel).length === 0;
}

/** Where records can't be read. */
export interface LogHole {
  /** The line that follows, as the kernel's own records' lines are numbered from 1. */
  readonly line: number;
  readonly reason: string;
}

/** Where the log has records that could not be read, in its order; empty where all of it could be. */
export function logHoles(kernel: Kernel): readonly LogHole[] {
  return readLog(kernel).holes;
}

function readLog(kernel: Kernel): { records: readonly LogRecord[]; holes: readonly LogHole[] } {
  return kernel.once('the kernel’s own records', () => {
    const records: LogRecord[] = [];
    const holes: LogHole[] = [];
    let line = 1;
    const { result: atItsEnd, gaps } = withGaps(kernel, () =>
      kernel.attempt('log', () => {
        for (const entry of logRecords(kernel)) {
          kernel.guard.step();
          if (isRemark(entry)) {
            if (entry.unread) holes.push({ line, reason: `the log: ${entry.remark}` });
          } else if (entry.facility === LOG_KERN) {
            records.push(entry);
            line += entry.text.split('\n').length;
          }
        }
        return true;
      }),
    );
    if (atItsEnd === undefined) holes.push({ line, reason: lossesInWords(gaps) ?? "the log can't be read" });
    return { records, holes };
  });
}
