import {
  columns,
  defined,
  definePlugin,
  doorTo,
  fact,
  facts,
  findings,
  gap,
  list,
  log,
  numbered,
  table,
  type CellOf,
  type Fact,
  type Kernel,
  type RowOf,
} from 'oompm';
import { gracePeriod, latestNs, timeLimit, type GracePeriod } from 'oompm/linux';
import { activationInWords, ownFunction, type Context } from 'oompm/locks';
import {
  cpuProgress,
  hungTasks,
  hungTaskTimeout,
  stallFindings,
  watchdogReports,
  type CpuProgress,
  type HungTask,
} from 'oompm/stalls';

const cpuColumns = columns([
  { key: 'cpu', title: 'CPU', type: 'integer' },
  { key: 'stuck', title: 'STUCK', type: 'boolean' },
  { key: 'runs', title: 'RUNS', type: 'text' },
  { key: 'since', title: 'SINCE', type: 'ns' },
  { key: 'in', title: 'IN', type: 'symbol' },
  { key: 'tick', title: 'LAST TICK', type: 'ns', dispensable: 1 },
  { key: 'watchdog', title: 'WATCHDOG RESET', type: 'ns', dispensable: 2 },
  { key: 'waiting', title: 'WAITING', type: 'integer' },
  { key: 'longest', title: 'LONGEST', type: 'ns', dispensable: 1 },
  { key: 'rcu', title: 'RCU WAITS', type: 'boolean', dispensable: 2 },
]);

const hungColumns = columns([
  { key: 'task', title: 'TASK', type: 'text' },
  { key: 'asleep', title: 'ASLEEP', type: 'ns' },
  { key: 'in', title: 'IN', type: 'symbol' },
]);

export default definePlugin({
  id: 'watchdogs',
  summary: 'Stuck CPUs, hung tasks and RCU stalls, as the watchdogs would see them',
  needs: ['task_struct'],
  flags: {
    limit: { type: 'integer', char: 'n', min: 1, summary: 'at most N hung tasks, the longest asleep first' },
  },
  inReport: { limit: 40 },
  examples: ['vmcore'],
  *run(kernel, { limit = Infinity }) {
    yield findings(
      'Stalls',
      stallFindings(kernel).map(({ id, ...finding }) => ({
        id,
        ...finding,
        ...defined({ views: viewsOf[id] }),
      })),
      { id: 'findings' },
    );
    const period = gracePeriod(kernel);
    yield table(
      'CPUs',
      cpuColumns,
      cpuProgress(kernel).map((progress) => cpuRow(progress, period?.waitsFor, timeless(kernel))),
      { id: 'cpus' },
    );
    if (period) yield facts('RCU', rcuFacts(period), { id: 'rcu' });
    const hung = hungTasks(kernel);
    const rest = hung.length > limit ? `Not shown here: ${hung.length - limit} more. ` : '';
    if (hung.length > 0)
      yield table('Tasks in uninterruptible sleep for too long', hungColumns, hung.slice(0, limit).map(hungRow), {
        id: 'hung',
        note: `${rest}${hungLimitInWords(kernel)}`,
      });
    const reports = watchdogReports(kernel);
    if (reports.length > 0)
      yield log(
        'What the watchdogs printed',
        reports.map(({ record }) => record),
        { id: 'reports' },
      );
  },
});

/** Of a grace period; where none runs, nothing is waited for. */
function rcuFacts(period: GracePeriod): Fact[] {
  const { name, running, forNs, stalled, waitsFor, readers } = period;
  const always = [fact('name', 'Flavour', 'text', name), fact('running', 'Grace period runs', 'boolean', running)];
  if (!running) return always;
  const timed = stalled === undefined ? gap('jiffies', "how long it has run can't be determined") : null;
  const limitUnread = gap('rcu_cpu_stall_timeout', "it can't be read");
  return [
    ...always,
    fact('for', 'For', 'ns', forNs ?? timed),
    fact('stalled', 'Longer than the stall timeout', 'boolean', stalled ?? timed ?? limitUnread),
    fact('waitsFor', 'Waits for', 'text', waitsFor.length === 0 ? 'no CPU' : cpusInWords(waitsFor)),
    fact('readers', 'Waits for preempted readers', 'boolean', readers),
  ];
}

function cpusInWords(cpus: readonly number[]): string {
  return `${numbered(cpus.length, 'CPU')} ${list(cpus.map(String))}`;
}

function hungLimitInWords(kernel: Kernel): string {
  const { ns, unread } = timeLimit(kernel, hungTaskTimeout);
  return unread
    ? `The limit is taken to be the default ${ns / 1e9} s: hung_task_timeout_secs can't be read.`
    : `The limit is ${ns / 1e9} s here (hung_task_timeout_secs; 120 s where that is off or can't be read).`;
}

/** Where each finding's subject is told in full. */
const viewsOf: Readonly<Record<string, readonly string[]>> = {
  'watchdog.stuck-cpu': ['cpus', 'bt/cpus', 'reports'],
  'watchdog.rcu-stall': ['rcu', 'cpus', 'bt/cpus'],
  'watchdog.hung-tasks': ['hung', 'bt/tasks'],
};

/** What stands where a time is not known: a gap, where it is not known how late it was. */
function timeless(kernel: Kernel): CellOf<'ns'> {
  return latestNs(kernel) === undefined
    ? gap('the latest moment', "a clock or the end of the log can't be read")
    : null;
}

function cpuRow(
  { context, sameTaskNs, softlockupNs, clockAgeNs, starved, stuck }: CpuProgress,
  rcu: readonly number[] | undefined,
  unknown: CellOf<'ns'>,
): RowOf<typeof cpuColumns> {
  const { cpu, task } = context;
  const first = context.segments[0]?.activations[0];
  return {
    cells: {
      cpu: cpu ?? null,
      stuck: stuck ?? gap('progress of the CPU', 'not all that would tell can be read'),
      runs: context.label.replace(/^CPU \d+: /, ''),
      since: sameTaskNs ?? unknown,
      in: first ? activationInWords(first) : null,
      tick: clockAgeNs ?? unknown,
      watchdog: softlockupNs ?? unknown,
      waiting: starved.length,
      longest: starved[0]?.forNs ?? (starved.length === 0 ? null : unknown),
      rcu: cpu === undefined || rcu === undefined ? null : rcu.includes(cpu),
    },
    ...defined({ door: task && doorTo(task) }),
  };
}

function hungRow({ context, task, asleepNs }: HungTask): RowOf<typeof hungColumns> {
  return {
    cells: { task: context.label, asleep: asleepNs, in: whereItSleeps(context) },
    door: doorTo(task),
  };
}

function whereItSleeps(context: Context): CellOf<'symbol'> {
  const own = ownFunction(context);
  if (own === undefined) return null;
  // A return address that scanning found may be left of an earlier call.
  if (own.frame.found === 'scanned') return gap('the function that sleeps', 'its stack could not be unwound so far');
  return activationInWords(own);
}
