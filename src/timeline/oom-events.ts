import type { OomReport } from '../oom/model.js';
import { scopeOf } from '../oom/scope.js';
import { defined } from '../words/defined.js';
import { counted, list } from '../words/quantity.js';
import { eventNames } from './event-names.js';
import { taskInWords, type TimelineEvent } from './event.js';
import { withoutNumbers } from './event-kind.js';

/** Reports of the OOM parser as events. The state alone that sysrq-m asks for is none. */
export function oomEvent(report: OomReport, boot: number): TimelineEvent | undefined {
  if (report.kind === 'show-mem') return undefined;
  const kind = report.kind === 'oom' ? 'oom' : 'allocation failure';
  const { event, lines } = report;
  return {
    kind,
    gravity: eventNames[kind][1],
    witness: 'kernel',
    boot,
    ...stampOf(event.time ?? report.kills[0]?.time),
    ...(kind === 'oom' ? killing(report) : failing(report)),
    ...defined({ lines, cpu: event.cpu }),
  };
}

function killing(report: OomReport): Pick<TimelineEvent, 'what' | 'about' | 'outcome' | 'comm' | 'pid'> {
  const scope = scopeOf(report);
  const where =
    scope === 'memcg' ? `the limit of ${report.memcg?.path ?? 'a cgroup'}` : (scopes[scope] ?? 'out of memory');
  const killed = [...new Map(report.kills.map((kill) => [kill.pid, kill])).values()];
  const [first] = killed;
  const victim = first?.comm ?? (report.panic === undefined ? report.selected?.comm : undefined);
  return {
    what: where,
    about: withoutNumbers(`${where} ${victim ?? ''}`),
    ...defined({ outcome: outcomeOf(report, killed), comm: report.event.comm, pid: report.event.pid }),
  };
}

const scopes: Readonly<Partial<Record<ReturnType<typeof scopeOf>, string>>> = {
  cpuset: 'the nodes of a cpuset were full',
  policy: 'the nodes of a memory policy were full',
  manual: 'asked for by hand (sysrq-f)',
};

/** Victims that are named. */
const named = 3;

function outcomeOf({ panic, reaped, groupKill }: OomReport, killed: OomReport['kills']): string | undefined {
  if (killed.length === 0) return panic === undefined ? undefined : 'nobody was killed: panic';
  const names = killed.slice(0, named).map(({ comm, pid }) => taskInWords(comm, pid));
  const more = killed.length > named ? [`${killed.length - named} more`] : [];
  const unable = reaped.some(({ done }) => !done) ? '; its memory could not be reaped' : '';
  const group = groupKill === undefined ? '' : ` (all of ${groupKill})`;
  return `killed ${list([...names, ...more])}${group}${unable}`;
}

function failing({ event }: OomReport): Pick<TimelineEvent, 'what' | 'about' | 'comm' | 'pid'> {
  const { comm, pid, order, failure } = event;
  const isVmalloc = failure?.includes('vmalloc') === true;
  const what =
    order === undefined || isVmalloc ? (failure ?? 'no memory') : `no ${counted(2 ** order, 'page')} (order ${order})`;
  const mask = event.gfp?.names?.join('|');
  return {
    what: `${what}${mask === undefined || mask === '' ? '' : `, ${mask}`}`,
    about: withoutNumbers(`${comm} ${what} ${mask ?? ''}`),
    ...defined({ comm, pid }),
  };
}

/** A stamp is seconds since boot, or a time of day. */
export function stampOf(time: string | undefined): { timeNs?: number; clock?: string } {
  if (time === undefined) return {};
  return /^\d{1,10}\.\d{2,9}$/.test(time) ? { timeNs: Math.round(Number(time) * 1e6) * 1000 } : { clock: time };
}
