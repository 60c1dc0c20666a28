import type { Kernel } from 'oompm';
import { isRemark, logRecords, type LogRecord } from 'oompm/linux';

const NS_IN_S = 1_000_000_000;
/** include/uapi/linux/syslog.h; devkmsg_write() gives no user this facility. */
const LOG_KERN = 0;

/**
 * The dead kernel's log as the console shows it, with the stamps and callers that the parser joins events by. What user space
 * wrote through /dev/kmsg (a facility that is not the kernel's, LOG_KERN) is left out: it may say anything.
 */
export function logText(kernel: Kernel): string {
  return readLog(kernel).text;
}

/** Whether that is all of it: only then can it be said that there is no event in it. */
export function logIsWhole(kernel: Kernel): boolean {
  return readLog(kernel).whole;
}

function readLog(kernel: Kernel): { text: string; whole: boolean } {
  return kernel.once('log as text', () => {
    const lines: string[] = [];
    const whole = kernel.attempt('log', () => {
      let unread = false;
      for (const entry of logRecords(kernel)) {
        if (isRemark(entry)) unread ||= entry.unread === true;
        else if ((entry.facility ?? LOG_KERN) === LOG_KERN) lines.push(...recordLines(entry));
      }
      if (unread) kernel.gap('log', 'some of its records can\'t be read; `oompm log` shows which');
      return !unread;
    });
    return { text: lines.join('\n'), whole: whole === true };
  });
}

function recordLines({ timeNs, caller, text }: LogRecord): string[] {
  const stamp = timeNs === undefined ? '' : `[${(timeNs / NS_IN_S).toFixed(6).padStart(12)}]`;
  const who = caller === undefined ? '' : `[${caller.padStart(6)}]`;
  const prefix = stamp + who === '' ? '' : `${stamp}${who} `;
  return text.split('\n').map((line) => prefix + line);
}
