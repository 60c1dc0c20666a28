import { conclude, findingKind } from '../../words/finding.js';
import { exactly } from '../../words/known-facts.js';
import { told, type Told } from '../../words/told.js';
import { ifCounted, pageKB, type OomReport, type OomTask } from '../model.js';
import { factsIn } from '../report-facts.js';
import { wholeKB } from '../scope.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine } from '../zones.js';
import { notable } from './held.js';
import { onAnonymousLists } from './consumers.js';

const poolKind = findingKind({
  id: 'oom.memory-held.pool',
  meaning: 'Many processes of one name held a large share of the memory together, and none of them much.',
  when: 'they are 5 or more, and their anonymous memory, swapped out aside, with their page tables is more than 15 % of it',
  moment: 'report',
  step: 'certain',
});

/** Fewer are told one by one. */
const fewest = 5;
/** One that holds more of what all hold is the story by itself. */
const ofOne = 0.5;

/** Workers of a pool, forks without end: no process is large, and all of one name are. */
export const poolHeld: Verdict = {
  id: poolKind.id,
  kinds: [poolKind],
  judge(report) {
    const whole = wholeKB(report, pageKB(report));
    if (whole === undefined || whole === 0) return notSo('the report holds no counters to measure processes against');
    if (report.tasks === undefined) return notSo('there is no task table');
    const [most] = [...byName(report.tasks)]
      .map(([name, tasks]) => poolOf(report, name, tasks))
      .toSorted((a, b) => b.anonKB + b.tablesKB - a.anonKB - a.tablesKB);
    const heldKB = most === undefined ? 0 : most.anonKB + most.tablesKB;
    if (
      most === undefined ||
      most.tasks.length < fewest ||
      heldKB <= whole * notable ||
      most.largestKB > heldKB * ofOne
    )
      return notSo('no processes of one name hold much together');
    const { kB, count, word, share } = factsIn(report);
    const many = count('pool.processes', most.tasks.length, 'process', 'rows of that name in the task table');
    const held = kB('pool.held', heldKB, 'pool.anonymous + pool.page tables');
    const all = kB('memory', whole, 'managed, or usage of the cgroup');
    const anon = kB('pool.anonymous', most.anonKB, most.isAnon ? 'rss_anon of these rows' : 'rss of these rows');
    const tables = kB('pool.page tables', most.tablesKB, 'pgtables_bytes of these rows');
    const name = word('pool.comm', most.name, 'the task table');
    const what = most.isAnon ? 'anonymous memory' : 'resident memory';
    const each = told`none of them much: ${anon} of ${what} and ${tables} of page tables`;
    return so(
      conclude(poolKind, {
        subject: { kind: 'tasks', name: most.name, pids: most.tasks.slice(0, mostPids).map(({ pid }) => pid) },
        share: heldKB / whole,
        restsOn: most.isAnon
          ? [{ what: 'pages that a parent and its forks still share count once for each', certainty: 'likely' }]
          : [{ what: 'rss counts pages that processes share once for each of them', certainty: 'possible' }],
        sentence: told`${many} named ${name} hold ${held} of ${all} (${share(held, all)}) together, ${each}.`,
        evidence: [perProcess(report, most)],
      }),
    );
  },
};

/** Further ones are found by their name. */
const mostPids = 100;

interface Pool {
  readonly name: string;
  readonly tasks: readonly OomTask[];
  readonly anonKB: number;
  readonly tablesKB: number;
  readonly largestKB: number;
  /** The rows tell anonymous memory apart. */
  readonly isAnon: boolean;
}

function byName(tasks: readonly OomTask[]): Map<string, OomTask[]> {
  const names = new Map<string, OomTask[]>();
  for (const task of tasks) {
    const same = names.get(task.name);
    if (same === undefined) names.set(task.name, [task]);
    else same.push(task);
  }
  return names;
}

function poolOf(report: OomReport, name: string, tasks: readonly OomTask[]): Pool {
  const page = pageKB(report);
  const most = mostOf(report);
  const isAnon = tasks.every((task) => (task.exact?.rssAnon ?? task.rssAnon) !== undefined);
  const sizes = tasks.map((task) => ({
    anonKB: Number(isAnon ? (task.exact?.rssAnon ?? task.rssAnon) : task.rss) * page,
    tablesKB: ifCounted(task.pgtablesBytes) / 1024,
  }));
  const sum = (of: (size: (typeof sizes)[number]) => number): number => sizes.reduce((all, one) => all + of(one), 0);
  return {
    name,
    tasks,
    isAnon,
    anonKB: Math.min(
      sum(({ anonKB }) => anonKB),
      most.anonKB,
    ),
    tablesKB: Math.min(
      sum(({ tablesKB }) => tablesKB),
      most.tablesKB,
    ),
    largestKB: sizes.reduce((most, { anonKB, tablesKB }) => Math.max(most, anonKB + tablesKB), 0),
  };
}

/** Forks share what they have not written: together they can't have more than there is. */
function mostOf(report: OomReport): { anonKB: number; tablesKB: number } {
  const { memInfo } = report;
  if (!isOfMachine(report) || memInfo === undefined) return { anonKB: Infinity, tablesKB: Infinity };
  const tables = memInfo['pagetables'];
  return {
    anonKB: onAnonymousLists(report).anonymousKB,
    tablesKB: tables === undefined ? Infinity : ifCounted(tables) * pageKB(report),
  };
}

function perProcess(report: OomReport, { largestKB, tasks, anonKB, tablesKB }: Pool): Told {
  const { kB } = factsIn(report);
  const mean = kB('pool.mean', Math.round((anonKB + tablesKB) / tasks.length), 'pool.held / pool.processes');
  return told`${exactly(mean)} each in the mean, ${exactly(kB('pool.largest', largestKB, 'the largest of these rows'))} at most`;
}
