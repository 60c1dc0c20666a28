import type { Kernel } from 'oompm';
import { isRemark, logRecords } from 'oompm/linux';
import type { KernelRecord } from 'oompm/oom';

/** include/uapi/linux/syslog.h; devkmsg_write() gives no user this facility. */
const LOG_KERN = 0;

/**
 * What the dead kernel itself said. What user space wrote through /dev/kmsg (a facility that is not the kernel's, LOG_KERN)
 * is left out: it may say anything.
 */
export function kernelRecords(kernel: Kernel): readonly KernelRecord[] {
  return readLog(kernel).records;
}

/** Whether that is all of it: only then can it be said that there is no event in it. */
export function logIsWhole(kernel: Kernel): boolean {
  return readLog(kernel).whole;
}

function readLog(kernel: Kernel): { records: readonly KernelRecord[]; whole: boolean } {
  return kernel.once('the kernel’s own records', () => {
    const records: KernelRecord[] = [];
    const whole = kernel.attempt('log', () => {
      let unread = false;
      for (const entry of logRecords(kernel)) {
        if (isRemark(entry)) unread ||= entry.unread === true;
        else if ((entry.facility ?? LOG_KERN) === LOG_KERN) records.push(entry);
      }
      if (unread) kernel.gap('log', 'some of its records can\'t be read; `oompm log` shows which');
      return !unread;
    });
    return { records, whole: whole === true };
  });
}
