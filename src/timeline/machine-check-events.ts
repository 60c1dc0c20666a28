import { padded } from '../words/printed-line.js';
import type { Kernel } from '../kernel/kernel.js';
import { pooledMachineChecks, type MachineCheck } from '../linux/machine/machine-checks.js';
import type { TimelineEvent } from './event.js';

/** How long after "events logged" the lines on them stand. */
const soonNs = 1e9;

/** The kernel says that errors were logged, and then which: where it says which, that is the event. */
export function withoutHeralds(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  return events.filter((event, i) => {
    if (event.about !== heraldAbout) return true;
    const next = events.slice(i + 1).find(({ kind }) => kind === 'hardware error');
    return next?.machineCheck === undefined || !mayBeSoon(event, next);
  });
}

/** Also where one of them has no stamp. */
function mayBeSoon({ timeNs: earlier }: TimelineEvent, { timeNs: later }: TimelineEvent): boolean {
  return earlier === undefined || later === undefined || later - earlier <= soonNs;
}

/** `about` of "Machine check events logged". */
export const heraldAbout = 'mce';

/** What a record of the log says, decoded: a bank's status is a number there. */
export function decoded(kernel: Kernel, event: TimelineEvent): TimelineEvent {
  const says = event.machineCheck && kernel.arch.hardwareError?.(event.machineCheck.status);
  return says?.code === undefined ? event : { ...event, what: `${event.what}: ${says.code}` };
}

/** Records of the pool that the log has no line of. */
export function unloggedChecks(kernel: Kernel, logged: readonly TimelineEvent[]): readonly MachineCheck[] {
  const told = new Set(logged.flatMap(({ machineCheck }) => machineCheck?.status ?? []));
  return pooledMachineChecks(kernel).filter(({ status }) => !told.has(status));
}

/** As the kernel prints it. */
export function statusInLog(status: bigint): string {
  return padded(status, 16);
}
