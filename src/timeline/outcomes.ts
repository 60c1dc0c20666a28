import type { EventName } from './event-names.js';
import type { TimelineEvent } from './event.js';

/** Which kinds of events a panic can be about, by its message: the last of them before it is. */
const aboutMessage: readonly (readonly [message: RegExp, kinds: readonly EventName[]])[] = [
  [/^Fatal exception|^Oopsed too often|interrupt handler|kill the idle task|kernel stack/, ['oops', 'bug']],
  [/panic_on_warn|warned too often/, ['warning', 'corruption', 'debug check']],
  [/^softlockup/, ['soft lockup']],
  [/hard lockup|Hard LOCKUP|nmi_watchdog|LOCKUP/i, ['hard lockup']],
  [/^hung_task/, ['hung task']],
  [/RCU [Ss]tall/, ['rcu stall']],
  [/[Oo]ut of memory|deadlocked on memory/, ['oom']],
  [/sysrq triggered crash/, ['sysrq']],
  [/^NMI: /, ['nmi', 'hardware error']],
  [/[Mm]achine check|Fatal hardware error/, ['hardware error']],
  [
    /^Attempted to kill init|panic forced after error|remount|BTRFS|EXT4/,
    ['oops', 'bug', 'file system', 'oom', 'user fault'],
  ],
];

/** Longer after it, a panic is about something else. */
const longestToPanic = 30e9;

/** The events with those marked that are the end: the first panic of the last boot, and what it was about. */
export function withEnd(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const boot = events.at(-1)?.boot;
  const at = events.findIndex(({ kind, boot: of }) => kind === 'panic' && of === boot);
  if (at < 0) return events;
  const panic = events[at]!;
  const kinds = aboutMessage.find(([pattern]) => pattern.test(panic.message ?? ''))?.[1] ?? [];
  const cause = events.findLastIndex(
    (event, i) => i < at && event.boot === boot && kinds.includes(event.kind) && isSoonBefore(event, panic),
  );
  return events.map((event, i) => {
    if (i === at) return { ...event, isEnd: true };
    return i === cause ? { ...event, isEnd: true, outcome: `panic: ${panic.message}` } : event;
  });
}

function isSoonBefore(event: TimelineEvent, panic: TimelineEvent): boolean {
  return event.timeNs === undefined || panic.timeNs === undefined || panic.timeNs - event.timeNs <= longestToPanic;
}

/** The same of a kernel that ended without a line that says so: by an oops that started its crash kernel at once. */
export function withLastAsEnd(
  events: readonly TimelineEvent[],
  isIt: (event: TimelineEvent) => boolean,
): readonly TimelineEvent[] {
  const at = events.findLastIndex(isIt);
  return events.map((event, i) => (i === at ? { ...event, isEnd: true } : event));
}
