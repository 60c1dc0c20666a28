import { conclude, findingKind } from '../../words/finding.js';
import { defined } from '../../words/defined.js';
import { rounded } from '../../words/known-facts.js';
import { told, type Told } from '../../words/told.js';
import { ifCounted, pageKB, type OomReport, type OomTask } from '../model.js';
import { factsIn } from '../report-facts.js';
import { wholeKB } from '../scope.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine } from '../zones.js';
import { notable } from './held.js';
import { onAnonymousLists, placeOf } from './consumers.js';

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
      .toSorted((a, b) => heldKBOf(b) - heldKBOf(a));
    if (most === undefined) return notSo('the task table is empty');
    const heldKB = heldKBOf(most);
    if (most.tasks.length < fewest || heldKB <= whole * notable || most.largestKB > heldKB * ofOne)
      return notSo('no processes of one name hold much together');
    if (heldKB > whole) return notSo('they share so much with each other that the sum is more than there is');
    const { kB, count, word, share } = factsIn(report);
    const many = count('pool.processes', most.tasks.length, 'process', 'rows of that name in the task table');
    const held = kB('pool.held', heldKB, 'pool.anonymous + pool.page tables');
    const all = kB('memory', whole, 'managed, or usage of the cgroup');
    const anon = kB('pool.anonymous', most.resident.kB, most.resident.source);
    const tables = kB('pool.page tables', most.tables.kB, most.tables.source);
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
        sentence: told`${many} named ${name} hold ${isAtMost(most) ? 'at most ' : ''}${held} of ${all} (${share(held, all)}) together, ${each}.`,
        evidence: [perProcess(report, most)],
      }),
    );
  },
};

/** Further ones are found by their name. */
const mostPids = 100;

interface Counter {
  readonly kB: number;
  readonly source: string;
}

/** Of the rows, or what the machine has of it, where that is less. */
interface Sum extends Counter {
  readonly isAtMost: boolean;
}

interface Pool {
  readonly name: string;
  readonly tasks: readonly OomTask[];
  readonly resident: Sum;
  readonly tables: Sum;
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
  return {
    name,
    tasks,
    isAnon,
    resident: sumOf(
      sizes.map(({ anonKB }) => anonKB),
      isAnon ? 'rss_anon of these rows' : 'rss of these rows',
      isAnon ? most.anonymous : undefined,
    ),
    tables: sumOf(
      sizes.map(({ tablesKB }) => tablesKB),
      'pgtables_bytes of these rows',
      most.tables,
    ),
    largestKB: sizes.reduce((largest, { anonKB, tablesKB }) => Math.max(largest, anonKB + tablesKB), 0),
  };
}

function heldKBOf({ resident, tables }: Pool): number {
  return resident.kB + tables.kB;
}

function isAtMost({ resident, tables }: Pool): boolean {
  return resident.isAtMost || tables.isAtMost;
}

/** Forks share what they have not written: together they can't have more than there is. */
function sumOf(sizes: readonly number[], source: string, most: Counter | undefined): Sum {
  const kB = sizes.reduce((all, one) => all + one, 0);
  return most !== undefined && kB > most.kB ? { ...most, isAtMost: true } : { kB, source, isAtMost: false };
}

/** What the machine has, what is locked with it; a cgroup's counters have what others left in it too. */
function mostOf(report: OomReport): { anonymous?: Counter; tables?: Counter } {
  const { memInfo } = report;
  if (!isOfMachine(report) || memInfo === undefined) return {};
  const page = pageKB(report);
  const { unevictable, pagetables } = memInfo;
  return {
    anonymous: {
      kB: onAnonymousLists(report).anonymousKB + ifCounted(unevictable) * page,
      source: `${placeOf.anon} + unevictable`,
    },
    ...defined({
      tables: pagetables === undefined ? undefined : { kB: ifCounted(pagetables) * page, source: 'pagetables' },
    }),
  };
}

function perProcess(report: OomReport, pool: Pool): Told {
  const { kB } = factsIn(report);
  const mean = kB('pool.mean', heldKBOf(pool) / pool.tasks.length, 'pool.held / pool.processes');
  const largest = kB('pool.largest', pool.largestKB, 'the largest of these rows');
  return isAtMost(pool)
    ? told`the largest has ${rounded(largest)}`
    : told`${rounded(mean)} each in the mean, ${rounded(largest)} at most`;
}
