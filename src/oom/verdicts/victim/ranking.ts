import { exactly } from '../../../words/known-facts.js';
import type { Premise } from '../../../words/certainty.js';
import { told, type KnownFact, type Told } from '../../../words/told.js';
import { footprintPages, tablePages, totalPages, type Badness } from '../../badness.js';
import { pageKB, type OomReport, type OomTask } from '../../model.js';
import { factsIn } from '../../report-facts.js';

/** Who could be chosen, the worst first, and the words for what one of them holds. */
export type Ranked = readonly Badness[];

export const notWeighed: Premise = {
  what: 'how much memory there is to measure an oom_score_adj against is not in the report',
  certainty: 'likely',
};

/** Whether it is known who comes before whom: an oom_score_adj that all have makes no difference. */
export function isWeighed(ranked: Ranked): boolean {
  return (
    ranked.every(({ points }) => points !== undefined) || new Set(ranked.map(({ task }) => task.oomScoreAdj)).size === 1
  );
}

export const pointsAre = 'oom_badness(): rss + swap + page tables, in pages, and oom_score_adj';

/** Two that differ by less than this are the same to badness: rss is printed a moment before it is weighed. */
export const near = 0.02;

/** The first three, as badness weighs them. */
export function ranking(ranked: Ranked, report: OomReport): Told[] {
  const { kB, count, number } = factsIn(report);
  const page = pageKB(report);
  const total = totalPages(report);
  return [
    ...ranked.slice(0, 3).map(({ task, points }) => {
      const of = `pid ${task.pid}`;
      const swap =
        task.swapents === undefined
          ? ''
          : told`, swap ${exactly(kB(`${of}.swap`, Number(task.swapents) * page, 'swapents of the task table'))}`;
      const rss = exactly(kB(`${of}.rss`, Number(task.rss) * page, 'rss of the task table'));
      const tablesKB = tablePages(task, page * 1024) * page;
      const tables =
        tablesKB === 0
          ? ''
          : told`, page tables ${exactly(kB(`${of}.pgtables`, tablesKB, 'pgtables of the task table'))}`;
      const scored = points === undefined ? '' : told`: ${number(`${of}.points`, points, pointsAre)} points (pages)`;
      return told`${named(report, task)}: rss ${rss}${swap}${tables}, oom_score_adj ${adjOf(report, task)}${scored}`;
    }),
    ...(total === undefined
      ? []
      : [told`measured against ${count('totalpages', Math.trunc(total), 'page', 'oc->totalpages')}`]),
  ];
}

/** With its oom_score_adj, where that counted too. */
export function held(report: OomReport, task: OomTask): Told {
  const adj = task.oomScoreAdj === 0 ? '' : told` and an oom_score_adj of ${adjOf(report, task)}`;
  return told`${footprintOf(report, task)}${adj}`;
}

/** What a kill of it would free. */
export function footprintOf(report: OomReport, task: OomTask): KnownFact {
  const page = pageKB(report);
  return factsIn(report).kB(
    `pid ${task.pid}.footprint`,
    footprintPages(task, page * 1024) * page,
    'rss + swapents + pgtables of the task table',
  );
}

export function adjOf(report: OomReport, task: OomTask): KnownFact {
  return factsIn(report).number(`pid ${task.pid}.oom_score_adj`, task.oomScoreAdj, 'oom_score_adj of the task table');
}

export function named(report: OomReport, task: OomTask): Told {
  return factsIn(report).task(`pid ${task.pid}`, { comm: task.name, pid: task.pid });
}
