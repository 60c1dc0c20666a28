import type { LogLine } from '../../words/views.js';

/** Lines of the kernel itself: what a user wrote into the log has another facility. */
const isKernels = ({ facility, remark }: LogLine): boolean =>
  (facility === undefined || facility === 0) && remark !== true;

/** What a log is read for: where the kernel says that it runs out of memory, or stops. */
const events = new RegExp(
  [
    'invoked oom-killer|out of memory:',
    String.raw`kernel panic|\b(?:bug|oops):|general protection fault`,
    'soft lockup|hard lockup|blocked for more than|circular locking|self-detected stall',
  ].join('|'),
  'i',
);

/** Whether a line of the record, one of the kernel's own, tells of one. */
export function tellsEvent(record: LogLine, text: string): boolean {
  return isKernels(record) && events.test(text);
}

/**
 * The record that tells of the death: the panic; where there is none, the last. Of a text without time stamps, which is
 * one record that is read from its head, the first. -1 where there are no lines.
 */
export function deathIn(lines: readonly LogLine[]): number {
  const panic = lines.findIndex((line) => isKernels(line) && line.text.startsWith('Kernel panic - not syncing'));
  if (panic < 0 && lines.length > 0 && lines.every(({ timeNs }) => timeNs === undefined)) return 0;
  return panic >= 0 ? panic : lines.findLastIndex(({ remark }) => remark !== true);
}
