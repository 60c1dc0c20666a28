import type { Kernel } from '../kernel/kernel.js';
import { kernelRecords, logHoles } from '../linux/printk/kernel-records.js';
import type { OomReport } from '../oom/model.js';
import { reportsInRecords } from '../oom/parse/records.js';

/** The memory events of the log alone, oldest first: they stand whatever else of memory can't be read. */
export function loggedReports(kernel: Kernel): readonly OomReport[] {
  return kernel.once('OOM events of the log', () =>
    reportsInRecords(kernelRecords(kernel)).map((report) => {
      const hole = holeIn(kernel, report);
      return hole === undefined ? report : { ...report, incomplete: { all: hole } };
    }),
  );
}

/** The opening line, with the trace that follows it. */
const LINES_BEFORE = 50;

/**
 * What of the log can't be read about a report, or after it: lines of it, or on what came of it, may have been in
 * there.
 */
export function holeIn(kernel: Kernel, { lines }: OomReport): string | undefined {
  return logHoles(kernel).find(({ line }) => lines === undefined || line >= lines.first - LINES_BEFORE)?.reason;
}
