/**
 * Plain JavaScript, for a dump and for a log: resident memory by command name, where forty workers weigh more than the
 * one process that was killed.
 *
 *   oompm commands vmcore --plugin ./commands.js
 *   oompm explain kernel.log --plugin ./commands.js
 */
import { columns, definePlugin, tree } from 'oompm';
import { processes, residentPages, rssOf } from 'oompm/linux';
import { amount, pageKB } from 'oompm/oom';

/**
 * @param {'pages' | 'kB'} unit
 */
const list = (unit) =>
  columns([
    { key: 'command', title: 'COMMAND', type: 'task' },
    { key: 'pid', title: 'PID', type: 'pid' },
    { key: 'count', title: 'PROCESSES', type: 'integer' },
    { key: 'rss', title: 'RSS', type: unit },
  ]);

/** @typedef {{ comm: string, pid: number, rss: number, address?: bigint }} Process */

export default definePlugin({
  id: 'commands',
  summary: 'Resident memory by command name',

  /** In a dump: by the kernel's own counters. */
  *run(kernel) {
    const all = processes(kernel).flatMap((task) => {
      const found = kernel.attempt('task_struct.mm', () => {
        // Kernel threads have no mm.
        if (task.mm === null) return undefined;
        const { exact, approximate } = rssOf(kernel, task.mm);
        return { comm: task.comm, pid: task.pid, rss: residentPages(exact ?? approximate), address: task.$address };
      });
      return found ?? [];
    });
    yield tree('Commands', list('pages'), byCommand(all));
  },

  /** In a log: by the report's task table. */
  *explain(reports) {
    for (const report of reports) {
      if (report.tasks === undefined) continue;
      const all = report.tasks.map(({ name, pid, rss }) => ({ comm: name, pid, rss: amount(rss) * pageKB(report) }));
      yield tree('Commands', list('kB'), byCommand(all));
    }
  },
});

/**
 * The heaviest first, each with its processes below it.
 *
 * @param {readonly Process[]} all
 */
function byCommand(all) {
  const names = [...new Set(all.map(({ comm }) => comm))];
  return names
    .map((comm) => {
      const those = all.filter((one) => one.comm === comm).toSorted((a, b) => b.rss - a.rss);
      return {
        cells: { command: comm, pid: null, count: those.length, rss: those.reduce((sum, { rss }) => sum + rss, 0) },
        children: those.map(({ pid, rss, address }) => ({
          cells: { command: comm, pid, count: null, rss },
          ...(address === undefined ? {} : { door: { type: 'struct task_struct', address } }),
          children: [],
        })),
      };
    })
    .toSorted((a, b) => b.cells.rss - a.cells.rss);
}
