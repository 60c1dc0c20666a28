import { columns, gap, table, type CellOf, type RowOf, type TableView } from 'oompm';
import { badnessOf, pageKB, totalPages, type Badness, type OomReport } from 'oompm/oom';

const taskColumns = columns([
  { key: 'pid', title: 'PID', type: 'pid' },
  { key: 'uid', title: 'UID', type: 'integer', dispensable: 2 },
  { key: 'totalVm', title: 'VM', type: 'pages', dispensable: 1 },
  { key: 'rss', title: 'RSS', type: 'pages' },
  { key: 'rssPrinted', title: 'RSS~', type: 'pages', dispensable: 6 },
  { key: 'rssAnon', title: 'ANON', type: 'pages', dispensable: 3 },
  { key: 'rssFile', title: 'FILE', type: 'pages', dispensable: 4 },
  { key: 'rssShmem', title: 'SHMEM', type: 'pages', dispensable: 4 },
  { key: 'swap', title: 'SWAP', type: 'pages', dispensable: 1 },
  { key: 'pageTables', title: 'PGTABLES', type: 'bytes', dispensable: 2 },
  { key: 'oomScoreAdj', title: 'ADJ', type: 'integer' },
  { key: 'badness', title: 'BADNESS', type: 'pages', exact: true },
  { key: 'name', title: 'COMM', type: 'task' },
  { key: 'notEligible', title: 'NOT ELIGIBLE', type: 'text' },
]);

const unknownUid = gap('cred', "the task's credentials can't be read");

/**
 * The tasks that the OOM killer weighs, the one it would choose first; those it passes over come last, with the reason.
 */
export function tasksView(report: OomReport, limit = Infinity): TableView | undefined {
  const ranked = badnessOf(report);
  if (ranked.length === 0) return undefined;
  function* rows(): Generator<RowOf<typeof taskColumns>> {
    for (const { task, points, notEligible } of ranked.slice(0, limit)) {
      const exact = task.exact;
      const own = (value: number | bigint | undefined): CellOf<'pages'> => value ?? null;
      yield {
        cells: {
          pid: task.pid,
          uid: task.uid ?? unknownUid,
          totalVm: task.totalVm,
          rss: exact?.rss ?? task.rss,
          rssPrinted: exact === undefined ? null : task.rss,
          rssAnon: own(exact?.rssAnon ?? task.rssAnon),
          rssFile: own(exact?.rssFile ?? task.rssFile),
          rssShmem: own(exact?.rssShmem ?? task.rssShmem),
          swap: own(task.swapents),
          pageTables: own(task.pgtablesBytes),
          oomScoreAdj: task.oomScoreAdj,
          badness: notEligible === undefined ? (points ?? null) : null,
          name: task.name,
          notEligible: notEligible ?? null,
        },
      };
    }
  }
  const total = totalPages(report);
  const notes = [
    ...(total === undefined
      ? []
      : [
          `oom_score_adj counts in thousandths of ${Math.trunc(total)} pages (${Math.trunc(total) * pageKB(report)} kB).`,
        ]),
    ...(ranked.length > limit ? [restInWords(ranked.slice(limit))] : []),
  ];
  return table('Tasks by badness', taskColumns, rows(), {
    id: 'tasks',
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
  });
}

function restInWords(rest: readonly Badness[]): string {
  const passedOver = rest.filter(({ notEligible }) => notEligible !== undefined).length;
  return `${rest.length} more are not shown${passedOver === 0 ? '' : `, ${passedOver} of them not eligible`}; oompm oom shows all.`;
}
