import { amount, pageKB, type OomReport, type OomTask } from './model.js';
import { managedKB, isOfMachine } from './zones.js';

/** oom_badness(): rss + swap + page tables, and oom_score_adj in thousandths of all that could be used. */

export interface Badness { readonly task: OomTask; readonly points: number; readonly notEligible?: string }

/** Pages that badness is measured against (constrained_alloc(), mem_cgroup_get_max()); undefined where the report does not tell. */
export function totalPages(report: OomReport): number | undefined {
  if (report.event.totalPages !== undefined) return report.event.totalPages;
  const page = pageKB(report);
  if (!isOfMachine(report)) {
    const limit = report.memcg?.counters.find((counter) => counter.name === 'memory')?.limitKB;
    return limit === null || limit === undefined ? undefined : Number(limit) / page;
  }
  const managed = managedKB(report, page);
  return managed === undefined ? undefined : managed / page + (amount(report.swap?.totalKB) ?? 0) / page;
}

/** Every task with its points, the worst first; those that can't be chosen with the reason, last. */
export function badnessOf(report: OomReport): Badness[] {
  const total = totalPages(report) ?? 0;
  const page = pageKB(report) * 1024;
  return (report.tasks ?? []).map((task): Badness => {
    const notEligible = task.notEligible ?? (task.oomScoreAdj === -1000 ? 'its oom_score_adj is -1000' : task.pid === 1 ? 'it is init' : undefined);
    const points = task.badness ?? footprintPages(task, page) + task.oomScoreAdj * Math.trunc(total / 1000);
    return { task, points, ...(notEligible === undefined ? {} : { notEligible }) };
  }).toSorted((a, b) => Number(a.notEligible !== undefined) - Number(b.notEligible !== undefined) || b.points - a.points);
}

/** What a kill would free, more or less: rss, swap and page tables, in pages. */
export function footprintPages(task: OomTask, pageBytes: number): number {
  const tables = task.pgtablesBytes === undefined
    ? Number(task.nrPtes ?? 0) + Number(task.nrPmds ?? 0) + Number(task.nrPuds ?? 0)
    : Math.trunc(Number(task.pgtablesBytes) / pageBytes);
  return Number(task.exact?.rss ?? task.rss) + Number(task.swapents ?? 0) + tables;
}
