import { fact, facts, sizeOfKB, type Fact, type FactsView } from 'oompm';
import { pageKB, requestInWords, scopeOf, type Kill, type OomReport, type Reaped } from 'oompm/oom';

const scopes: Readonly<Record<ReturnType<typeof scopeOf>, string>> = {
  global: 'the machine ran out of memory',
  memcg: "a cgroup's limit was hit",
  cpuset: 'the nodes of a cpuset ran out of memory',
  policy: 'the nodes of a memory policy ran out of memory',
  manual: 'the OOM killer was started manually (sysrq-f)',
  'allocation failure': 'an allocation failed; nothing was killed for it',
  unknown: 'not told by the report',
};

/** Who asked for what, what limited it, and who died of it. */
export function eventView(report: OomReport): FactsView {
  const { event, memcg } = report;
  const list: (Fact | undefined)[] = [
    fact('scope', 'What happened', 'text', scopes[scopeOf(report)]),
    text('time', 'When', timeOf(event.time)),
    text('by', 'Invoked by', event.comm === undefined ? undefined : named(event.comm, event.pid)),
    event.uid === undefined ? undefined : fact('uid', 'UID', 'integer', event.uid),
    text(
      'request',
      'Request',
      event.order === undefined ? undefined : requestInWords(event.order, event.gfp, pageKB(report)),
    ),
    event.gfp === undefined
      ? undefined
      : fact('gfp', 'GFP mask', 'flags', event.gfp.names ?? [`0x${event.gfp.mask.toString(16)}`], {
          note: `0x${event.gfp.mask.toString(16)}${event.gfp.namesFrom === 'release' ? '; names by the layout of this release' : ''}`,
        }),
    fact('caller', 'Called by', 'text', event.caller.by, { note: event.caller.because }),
    text('constraint', 'Constraint', event.constraint),
    text('nodemask', 'Nodemask', event.nodemask),
    text('cpuset', 'Cpuset', event.cpuset),
    text('memsAllowed', 'Nodes allowed', event.memsAllowed),
    text('memcg', 'Cgroup out of memory', memcg?.path),
    event.totalPages === undefined
      ? undefined
      : fact('totalPages', 'Total pages for badness', 'pages', event.totalPages),
    ...report.kills.map((kill) =>
      fact(`killed-${kill.pid}`, 'Killed', 'text', named(kill.comm, kill.pid), noteOf(killNote(kill))),
    ),
    ...report.reaped.map((one) =>
      fact(
        `reaped-${one.pid}`,
        one.done ? 'Reaped' : 'Not reaped',
        'text',
        named(one.comm, one.pid),
        noteOf(reapNote(one)),
      ),
    ),
    text('panic', 'Panic', report.panic),
  ];
  return facts(
    'Event',
    list.filter((one) => one !== undefined),
    { id: 'event' },
  );
}

function text(key: string, title: string, value: string | undefined): Fact | undefined {
  return value === undefined ? undefined : fact(key, title, 'text', value);
}

export function named(comm: string | undefined, pid: number | undefined): string {
  if (comm === undefined) return `pid ${pid ?? '?'}`;
  return pid === undefined ? comm : `${comm} (pid ${pid})`;
}

/** A log has the seconds since boot, a date, or nothing; a bare number is told with its unit. */
export function timeOf<T extends string | undefined>(time: T): T | string {
  return time !== undefined && /^\d+\.\d+$/.test(time) ? `${time} s since boot` : time;
}

function noteOf(note: string): { note?: string } {
  return note === '' ? {} : { note };
}

function killNote(kill: Kill): string {
  const sizes = [
    ['anonymous', kill.anonRssKB],
    ['file', kill.fileRssKB],
    ['shmem', kill.shmemRssKB],
  ] as const;
  return [
    ...sizes.flatMap(([name, size]) => (size === undefined ? [] : [`${name} ${sizeOfKB(size)}`])),
    ...(kill.oomScoreAdj === undefined ? [] : [`oom_score_adj ${kill.oomScoreAdj}`]),
    ...(kill.time === undefined ? [] : [`at ${timeOf(kill.time)}`]),
  ].join(', ');
}

function reapNote(one: Reaped): string {
  const left = [
    ['anonymous', one.anonRssKB],
    ['file', one.fileRssKB],
    ['shmem', one.shmemRssKB],
  ] as const;
  const words = left.flatMap(([name, size]) => (size === undefined ? [] : [`${name} ${sizeOfKB(size)}`])).join(', ');
  return [
    ...(words === '' ? [] : [`left: ${words}`]),
    ...(one.time === undefined ? [] : [`at ${timeOf(one.time)}`]),
  ].join(', ');
}
