import { ifCounted, memcgCounter, pageKB, type OomReport, type OomTask } from './model.js';
import { managedKB, isOfMachine } from './zones.js';
import { defined } from '../words/defined.js';

/** oom_badness(): rss + swap + page tables, and oom_score_adj in thousandths of all that could be used. */

export interface Badness {
  readonly task: OomTask;
  /** undefined where an oom_score_adj counts and how much memory there is to measure it against is not known. */
  readonly points: number | undefined;
  readonly notEligible?: string;
}

/**
 * Pages that badness is measured against (constrained_alloc(), mem_cgroup_get_max()); undefined where the report does
 * not tell.
 */
export function totalPages(report: OomReport): number | undefined {
  if (report.event.totalPages !== undefined) return report.event.totalPages;
  const page = pageKB(report);
  if (!isOfMachine(report)) {
    const limit = memcgCounter(report.memcg, 'memory')?.limitKB;
    return limit === null || limit === undefined ? undefined : Number(limit) / page;
  }
  const managed = managedKB(report, page);
  // A log says nothing of swap where the kernel has none; memory does.
  const unread = report.swap === undefined && report.source === 'memory';
  return managed === undefined || unread ? undefined : managed / page + ifCounted(report.swap?.totalKB) / page;
}

/**
 * Every task with its points, the worst first, by what it holds where the points are not known; those that can't be
 * chosen with the reason, last.
 */
export function badnessOf(report: OomReport): Badness[] {
  const total = totalPages(report);
  const page = pageKB(report) * 1024;
  const order = ({ task, points }: Badness): number => points ?? footprintPages(task, page);
  return (report.tasks ?? [])
    .map((task): Badness => {
      const notEligible = task.notEligible ?? whyNotEligible(task);
      const adjustment = adjustmentPages(task.oomScoreAdj, total);
      const points = task.badness ?? (adjustment === undefined ? undefined : footprintPages(task, page) + adjustment);
      return { task, points, ...defined({ notEligible }) };
    })
    .toSorted(
      (a, b) => Number(a.notEligible !== undefined) - Number(b.notEligible !== undefined) || order(b) - order(a),
    );
}

function whyNotEligible({ oomScoreAdj, pid }: OomTask): string | undefined {
  if (oomScoreAdj === -1000) return 'its oom_score_adj is -1000';
  return pid === 1 ? 'it is init' : undefined;
}

/** What oom_score_adj adds, in pages: thousandths of all; undefined where that is not known. */
function adjustmentPages(oomScoreAdj: number, totalPages: number | undefined): number | undefined {
  if (oomScoreAdj === 0) return 0;
  return totalPages === undefined ? undefined : oomScoreAdj * Math.trunc(totalPages / 1000);
}

/** What a kill would free, more or less: rss, swap and page tables, in pages. */
export function footprintPages(task: OomTask, pageBytes: number): number {
  return Number(task.exact?.rss ?? task.rss) + ifCounted(task.swapents) + tablePages(task, pageBytes);
}

/** The pages of its page tables, as badness counts them. */
export function tablePages(task: OomTask, pageBytes: number): number {
  return task.pgtablesBytes === undefined
    ? ifCounted(task.nrPtes) + ifCounted(task.nrPmds) + ifCounted(task.nrPuds)
    : Math.trunc(Number(task.pgtablesBytes) / pageBytes);
}
