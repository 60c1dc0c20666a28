import type { Kernel } from 'oompm';
import type { OomReport } from 'oompm/oom';
import { timelineOf, type KernelTimeline } from 'oompm/timeline';

/** An event that is over for longer has not brought about what came then. */
const longNs = 60e9;

/** Of what a kernel dies whether memory is short or not. */
const unrelated: ReadonlySet<KernelTimeline['ending']> = new Set<KernelTimeline['ending']>([
  'exception',
  'bug',
  'warning',
  'stack protector',
  'machine check',
  'no root',
  'panic',
]);

/** Whether a report of the log has nothing to do with how the machine ended, and for how long that lived on. */
export function earlierThanEnd(
  kernel: Kernel,
  report: OomReport,
): { readonly sinceNs: number | undefined } | undefined {
  const { events, endNs, ending } = timelineOf(kernel);
  if (ending === undefined || ending === 'out of memory') return undefined;
  const event = events.find(({ lines, kind }) => kind !== 'panic' && lines?.first === report.lines?.first);
  if (event === undefined || event.isEnd || event.timeNs === undefined) return undefined;
  const sinceNs = endNs === undefined ? undefined : Math.max(0, endNs - event.timeNs);
  if (unrelated.has(ending)) return { sinceNs };
  return sinceNs !== undefined && sinceNs > longNs ? { sinceNs } : undefined;
}
