import { columns, definePlugin, doorTo, table, type Kernel, type RowOf } from 'oompm';
import {
  onCpuNs,
  policyInWords,
  queuedNs,
  type RunQueue,
  runQueues,
  statesInWords,
  type Task,
  taskState,
} from 'oompm/linux';

const list = columns([
  { key: 'cpu', title: 'CPU', type: 'integer' },
  { key: 'place', title: 'PLACE', type: 'text' },
  { key: 'pid', title: 'PID', type: 'pid' },
  { key: 'state', title: 'ST', type: 'text', dispensable: 2 },
  { key: 'policy', title: 'POLICY', type: 'text', dispensable: 1 },
  { key: 'since', title: 'SINCE', type: 'ns' },
  { key: 'comm', title: 'COMM', type: 'text' },
]);

type TaskRow = RowOf<typeof list>;

const queueColumns = columns([
  { key: 'cpu', title: 'CPU', type: 'integer' },
  { key: 'running', title: 'NR_RUNNING', type: 'integer' },
  { key: 'found', title: 'FOUND', type: 'integer' },
  { key: 'clockAge', title: 'CLOCK AGE', type: 'ns' },
]);

export default definePlugin({
  id: 'runq',
  summary: 'Run queues: who runs on each CPU, who waits for it, and for how long',
  needs: ['task_struct', 'rq', 'sched_entity'],
  // The CPUs' section of `watchdogs` says what of this matters.
  inReport: false,
  examples: ['vmcore'],
  *run(kernel) {
    const queues = runQueues(kernel);
    const rows = queues.flatMap((queue) => [
      ...(queue.current ? [taskRow(kernel, queue.cpu, 'runs', queue.current)] : []),
      ...queue.queued.map((task) => taskRow(kernel, queue.cpu, 'waits', task)),
    ]);
    yield table('Run queues', list, rows, {
      id: 'tasks',
      note: `ST: ${statesInWords(rows.flatMap(({ cells: { state } }) => (typeof state === 'string' ? [state] : [])))}.`,
    });
    yield table('What the queues count', queueColumns, queues.map(queueRow), {
      id: 'queues',
      note: 'nr_running counts the task that runs, unless it is the idle task; a clock is set at ticks and switches, and an idle CPU takes no ticks.',
    });
  },
});

function queueRow({ cpu, running, queued, current, clockAgeNs }: RunQueue): RowOf<typeof queueColumns> {
  const idle = current === undefined || isIdle(current);
  return {
    cells: { cpu, running: running ?? null, found: queued.length + (idle ? 0 : 1), clockAge: clockAgeNs ?? null },
  };
}

function isIdle(task: Task): boolean {
  return task.pid === 0;
}

function taskRow(kernel: Kernel, cpu: number, place: 'runs' | 'waits', task: Task): TaskRow {
  const read = <T>(what: string, of: () => T): T | null => kernel.attempt(`task_struct.${what}`, of) ?? null;
  return {
    cells: {
      cpu,
      place,
      pid: read('pid', () => task.pid),
      state: read('__state', () => taskState(task).letter),
      policy: read('policy', () => policyInWords(task)),
      since: (place === 'runs' ? onCpuNs(kernel, task) : queuedNs(kernel, task)) ?? null,
      comm: read('comm', () => task.comm),
    },
    door: doorTo(task),
  };
}
