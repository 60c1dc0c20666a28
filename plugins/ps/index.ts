import { definePlugin, table, tree } from 'oompm';
import { surveyTasks } from 'oompm/linux';

import { taskColumns, taskRow, unreadableRow } from './columns.js';
import { chosen } from './chosen.js';
import { familyTree } from './family-tree.js';

export default definePlugin({
  id: 'ps',
  summary: 'Tasks: state, memory, and what the OOM killer thinks of them',
  needs: ['task_struct', 'mm_struct', 'signal_struct'],
  flags: {
    tree: { type: 'boolean', char: 't', summary: 'show who started whom' },
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
      ...(survey.unreadable.length > 0 ? [`${survey.unreadable.length} tasks are there but can't be read; they are listed with the reason.`] : []),
    ];
    if (flags.user) note.push('Tasks of the kernel are left out.');
    const options = { id: 'tasks', ...(note.length === 0 ? {} : { note: note.join(' ') }) };
    const unreadable = flags.task.length === 0 && !flags.kernel ? survey.unreadable.map(unreadableRow) : [];
    if (flags.tree) {
      yield tree(title, taskColumns('comm'), [...familyTree(kernel, tasks), ...unreadable.map((row) => ({ ...row, children: [] }))], options);
      return;
    }
    function* rows() {
      for (const task of tasks) yield taskRow(kernel, task);
      yield* unreadable;
    }
    yield table(title, taskColumns('pid'), rows(), options);
  },
});
