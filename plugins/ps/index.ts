import { definePlugin, table, tree, counted, numbered } from 'oompm';
import { statesInWords, surveyTasks, taskState } from 'oompm/linux';

import { kernelThreadColumns, kernelThreadRow, largestFirst, taskColumns, taskRow, unreadableRow } from './columns.js';
import { chosen, isOfKernel } from './chosen.js';
import { familyTree } from './family-tree.js';

const approximateInWords =
  "RSS~ and the like: as the kernel's own reports count them, without what CPUs and threads have not added up yet.";

export default definePlugin({
  id: 'ps',
  summary: 'Tasks: state, memory and OOM badness',
  needs: ['task_struct', 'mm_struct', 'signal_struct'],
  flags: {
    tree: { type: 'boolean', char: 't', summary: 'show parents and their children as a tree' },
    threads: { type: 'boolean', char: 'T', summary: 'a line for every thread, not only for every process' },
    user: { type: 'boolean', char: 'u', summary: 'only processes of users' },
    kernel: { type: 'boolean', char: 'k', summary: 'only tasks of the kernel' },
  },
  arguments: {
    task: { type: 'string', summary: 'only tasks with that pid or name; * stands for any text', multiple: true },
  },
  inReport: { user: true },
  examples: ['vmcore', 'vmcore --tree', 'vmcore --threads java', 'vmcore "kworker*"'],
  *run(kernel, flags) {
    const survey = surveyTasks(kernel);
    const tasks = chosen(kernel, flags.threads ? survey.threads : survey.processes, flags);
    const title = flags.threads ? 'Threads' : 'Processes';
    const note = [
      ...survey.remarks,
      ...(survey.unreadable.length > 0
        ? [
            `${counted(survey.unreadable.length, 'task')} ${numbered(survey.unreadable.length, 'is', 'are')} there but can't be read; listed with the reason.`,
          ]
        : []),
    ];
    const letters = tasks.flatMap(
      (task) => kernel.attempt('task_struct.__state', () => [taskState(task).letter]) ?? [],
    );
    if (tasks.length > 0) note.push(`ST: ${statesInWords(letters)}.`);
    if (tasks.some((task) => isOfKernel(kernel, task) !== true)) note.push(approximateInWords);
    if (flags.user && !flags.kernel) note.push('Tasks of the kernel are left out.');
    const options = { id: 'tasks', ...(note.length === 0 ? {} : { note: note.join(' ') }) };
    const unreadable = flags.task.length === 0 && !flags.kernel ? survey.unreadable.map(unreadableRow) : [];
    if (flags.tree) {
      yield tree(
        title,
        taskColumns('comm'),
        [...familyTree(kernel, tasks), ...unreadable.map((row) => ({ ...row, children: [] }))],
        options,
      );
      return;
    }
    const [users, threads] = [
      tasks.filter((task) => !isOfKernel(kernel, task)),
      tasks.filter((task) => isOfKernel(kernel, task)),
    ];
    if (users.length > 0 || unreadable.length > 0 || threads.length === 0) {
      yield table(
        title,
        taskColumns('pid'),
        [...largestFirst(users.map((task) => taskRow(kernel, task))), ...unreadable],
        { ...options, sorted: { column: 'rss', descending: true } },
      );
    }
    if (threads.length === 0) return;
    function* rows() {
      for (const task of threads) yield kernelThreadRow(taskRow(kernel, task));
    }
    // They have no memory of their own, and are many.
    yield table('Kernel threads', kernelThreadColumns, rows(), {
      id: 'kernel-threads',
      folded: users.length > 0,
      ...(users.length > 0 || options.note === undefined ? {} : { note: options.note }),
    });
  },
});
