import type { Count, Gfp, Kill, OomReport, OomTask } from '../model.js';
import type { ReportFeatures } from './features.js';
import { memoryLines } from './memory.js';
import { unknown } from './unknown.js';

/**
 * A report as that kernel prints it: dump_header(), then, where they were printed, the constraint line and the kill
 * lines. White space within lines is the kernel's in the task table, one space elsewhere. The trace that dump_stack()
 * prints after the first line is not here: it is no part of the state.
 */
export function kernelReport(report: OomReport, features: ReportFeatures): string[] {
  const ofMemcg = report.memcg !== undefined && report.memcg.counters.length > 0;
  return [
    ...openingLine(report),
    ...(ofMemcg ? memcgLines(report) : memoryLines(report, features)),
    ...(features.slabList ? slabLines(report) : []),
    ...(features.memcgProtection ? [protectionLine(report)] : []),
    ...(report.tasks === undefined ? [] : taskLines(report.tasks, features)),
    ...constraintLine(report),
    ...(report.groupKill === undefined ? report.kills.map(killLine) : groupLines(report, report.groupKill)),
  ];
}

function openingLine({ kind, event }: OomReport): string[] {
  const { gfp } = event;
  if (event.comm === undefined || gfp === undefined) return [];
  if (kind === 'allocation-failure') {
    const { cpuset, memsAllowed, failure = 'page allocation failure', nodemask = '(null)' } = event;
    const asked = `order:${event.order ?? unknown}, mode:${mask(gfp)}, nodemask=${nodemask}`;
    const allowed = [
      ...(cpuset === undefined ? [] : [`,cpuset=${cpuset}`]),
      ...(memsAllowed === undefined ? [] : [`,mems_allowed=${memsAllowed}`]),
    ].join('');
    return [`${event.comm}: ${failure}: ${asked}${allowed}`];
  }
  return [
    `${event.comm} invoked oom-killer: gfp_mask=${mask(gfp)}, order=${event.order ?? unknown}, oom_score_adj=${event.oomScoreAdj ?? unknown}`,
  ];
}

function mask(gfp: Gfp): string {
  const names = gfp.names === undefined || gfp.namesFrom === 'release' ? '' : `(${gfp.names.join('|')})`;
  return `0x${gfp.mask.toString(16)}${names}`;
}

function memcgLines({ memcg }: OomReport): string[] {
  if (memcg === undefined) return [];
  return [
    ...memcg.counters.map(
      (counter) =>
        `${counter.name}: usage ${counter.usageKB}kB, limit ${counter.limitPrintedKB ?? counter.limitKB ?? noLimitKB}kB, failcnt ${counter.failures}`,
    ),
    `Memory cgroup stats for ${memcg.statPath ?? memcg.path ?? '/'}:`,
    ...Object.entries<Count | undefined>(memcg.stat ?? {}).map(([name, value]) => `${name} ${value ?? unknown}`),
  ];
}

/** PAGE_COUNTER_MAX of a 64-bit kernel with pages of 4 KiB, in kB. */
const noLimitKB = 9007199254740988n;

function protectionLine({ memcg }: OomReport): string {
  return `Memory cgroup min protection ${memcg?.protectionKB?.min ?? unknown}kB -- low protection ${memcg?.protectionKB?.low ?? unknown}kB`;
}

function slabLines({ slab }: OomReport): string[] {
  if (slab === undefined) return [];
  if (slab.unavailable !== undefined) return [slab.unavailable];
  return [
    'Unreclaimable slab info:',
    'Name                      Used          Total',
    ...slab.caches.map(
      (cache) =>
        `${cache.name.padEnd(17)} ${String(cache.usedKB ?? unknown).padStart(10)}KB ${String(cache.totalKB).padStart(10)}KB`,
    ),
  ];
}

/** printf widths of dump_task(), by column. */
const widths: Readonly<Record<string, number>> = {
  uid: 5,
  tgid: 5,
  total_vm: 8,
  rss: 8,
  rss_anon: 8,
  rss_file: 8,
  rss_shmem: 9,
  pgtables_bytes: 8,
  nr_ptes: 7,
  nr_pmds: 7,
  swapents: 8,
  oom_score_adj: 13,
};

function taskLines(tasks: readonly OomTask[], { taskColumns, tasksTitle }: ReportFeatures): string[] {
  const heading: Readonly<Record<string, string>> = {
    uid: '  uid',
    tgid: ' tgid',
    total_vm: 'total_vm',
    rss: '     rss',
  };
  return [
    ...(tasksTitle ? ['Tasks state (memory values in pages):'] : []),
    `[  pid  ] ${taskColumns.map((name) => heading[name] ?? name).join(' ')}`,
    ...tasks.map(
      (task) =>
        `[${String(task.pid).padStart(7)}] ${taskColumns.map((name) => cell(task, name).padStart(widths[name] ?? 0)).join(' ')}`,
    ),
  ];
}

function cell(task: OomTask, column: string): string {
  switch (column) {
    case 'uid':
      return String(task.uid ?? unknown);
    case 'tgid':
      return String(task.tgid);
    case 'total_vm':
      return String(task.totalVm);
    case 'rss':
      return String(task.rss);
    case 'rss_anon':
      return String(task.rssAnon ?? unknown);
    case 'rss_file':
      return String(task.rssFile ?? unknown);
    case 'rss_shmem':
      return String(task.rssShmem ?? unknown);
    case 'pgtables_bytes':
      return String(task.pgtablesBytes ?? unknown);
    case 'nr_ptes':
      return String(task.nrPtes ?? unknown);
    case 'nr_pmds':
      return String(task.nrPmds ?? unknown);
    case 'nr_puds':
      return String(task.nrPuds ?? unknown);
    case 'swapents':
      return String(task.swapents ?? unknown);
    case 'oom_score_adj':
      return String(task.oomScoreAdj);
    case 'name':
      return task.name;
    default:
      return String(task.others?.[column] ?? unknown);
  }
}

function constraintLine({ event, memcg, selected }: OomReport): string[] {
  if (event.constraint === undefined) return [];
  const scope = (): readonly string[] => {
    if (memcg?.path !== undefined) return [`oom_memcg=${memcg.path}`];
    return memcg?.taskPath === undefined ? [] : ['global_oom'];
  };
  const parts = [
    `oom-kill:constraint=${event.constraint}`,
    `nodemask=${event.nodemask ?? '(null)'}`,
    ...(event.cpuset === undefined ? [] : [`cpuset=${event.cpuset}`]),
    ...(event.memsAllowed === undefined ? [] : [`mems_allowed=${event.memsAllowed}`]),
    ...scope(),
    ...(memcg?.taskPath === undefined ? [] : [`task_memcg=${memcg.taskPath}`]),
    `task=${selected?.comm ?? unknown}`,
    `pid=${selected?.pid ?? unknown}`,
    `uid=${selected?.uid ?? unknown}`,
  ];
  return [parts.join(',')];
}

function groupLines(report: OomReport, group: string): string[] {
  const [first, ...rest] = report.kills;
  return [
    ...(first === undefined ? [] : [killLine(first)]),
    `Tasks in ${group} are going to be killed due to memory.oom.group set`,
    ...rest.map(killLine),
  ];
}

function killLine(kill: Kill): string {
  const { message = 'Out of memory', pid, comm = '' } = kill;
  const sizes = [
    `total-vm:${kill.totalVmKB ?? unknown}kB`,
    `anon-rss:${kill.anonRssKB ?? unknown}kB`,
    `file-rss:${kill.fileRssKB ?? unknown}kB`,
    `shmem-rss:${kill.shmemRssKB ?? unknown}kB`,
  ].join(', ');
  const more = `UID:${kill.uid ?? unknown} pgtables:${kill.pgtablesKB ?? unknown}kB oom_score_adj:${kill.oomScoreAdj ?? unknown}`;
  return `${message}: Killed process ${pid} (${comm}) ${sizes}, ${more}`;
}
