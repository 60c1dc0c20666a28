import { exactly, word } from '../../words/known-facts.js';
import { taskSubject } from '../../words/subject.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { told } from '../../words/told.js';
import { amount, ifCounted, pageKB, totalOf, type OomReport, type OomTask } from '../model.js';
import { factsIn } from '../report-facts.js';
import { readIn } from '../sources.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { onAnonymousLists, placeOf, sum } from './consumers.js';

const processKind = findingKind({
  id: 'oom.memory-held.process',
  meaning: 'One process held a large share of the memory.',
  when: 'it held 30 % or more of the memory that the request may use',
  moment: 'report',
  step: 'certain',
});

/** A single process that holds so much is the story. */
const dominant = 0.3;

/** The one process that is the story. By itself: it rests on the task table, which the shares do not. */
export const processHeld: Verdict = {
  id: processKind.id,
  kinds: [processKind],
  judge(report) {
    const whole = isOfMachine(report) && report.memInfo !== undefined ? managedKB(report, pageKB(report)) : undefined;
    if (whole === undefined) return notSo('the report holds no counters of the machine to tell it');
    const found = topProcess(report, whole, onAnonymousLists(report).anonymousKB);
    return found === undefined ? notSo('no process holds so much') : so(found);
  },
};

function topProcess(report: OomReport, wholeKB: number, anonymousKB: number): Finding | undefined {
  const page = pageKB(report);
  const top = largestTask(report.tasks);
  if (top === undefined) return undefined;
  const kill = report.kills.find((one) => one.pid === top.pid);
  const anon = amount(kill?.anonRssKB) ?? pagesOf(top.exact?.rssAnon ?? top.rssAnon, page);
  const heldKB = anon ?? Number(top.rss) * page;
  // A cpuset or a policy binds the request to nodes: only their memory counts.
  const bound =
    report.event.constraint === 'CONSTRAINT_CPUSET' || report.event.constraint === 'CONSTRAINT_MEMORY_POLICY';
  const openKB = bound && report.zones !== undefined ? totalOf(report.zones.map((zone) => zone.kB.managed)) : wholeKB;
  if (openKB === undefined || heldKB < openKB * dominant) return undefined;
  const { kB, managed, task, share } = factsIn(report);
  const isHuge = sum(report.nodes?.map((node) => node.kB.anon_thp)) > 0 && anonymousKB > 0;
  const [thp, anonymous] = [
    kB('anon_thp', sum(report.nodes?.map((node) => node.kB.anon_thp))),
    kB('anonymous', anonymousKB, placeOf.anon),
  ];
  const hugeShare = isHuge
    ? told`; ${share(thp, anonymous)} of the machine's anonymous memory is in transparent huge pages`
    : '';
  const what = anon === undefined ? 'resident memory' : 'anonymous memory';
  const inTable = anon === undefined ? 'rss of the task table' : 'rss_anon of the task';
  const holds = kB('process.held', heldKB, kill?.anonRssKB === undefined ? inTable : 'anon-rss of the kill line');
  const open =
    bound && report.zones !== undefined
      ? kB('managed', openKB, 'managed of the zones that the request may use')
      : managed(openKB);
  const comm = word('process.comm', top.name, readIn(report, 'the task table'));
  const ofWhat = bound ? 'on the nodes that the request may use' : 'managed';
  const who = task('process', { comm: top.name, pid: top.pid });
  return conclude(processKind, {
    subject: taskSubject({ comm: top.name, pid: top.pid }),
    share: heldKB / openKB,
    sentence: told`${holds} of ${open} ${ofWhat} is the ${what} of ${who}${hugeShare}.`,
    evidence: [
      kill?.anonRssKB === undefined
        ? told`${comm}: ${what} ${exactly(holds)} (task table)`
        : told`${comm}: anon-rss ${exactly(holds)} (kill line)`,
      told`managed: ${exactly(open)}; share ${share(holds, open)}`,
      ...(isHuge ? [told`anon_thp ${exactly(thp)} of anonymous ${exactly(anonymous)} = ${share(thp, anonymous)}`] : []),
    ],
  });
}

function pagesOf(count: OomTask['rssAnon'], page: number): number | undefined {
  return count === undefined ? undefined : Number(count) * page;
}

/** The task that holds most, swapped pages included; of the threads of one process the kernel prints one row. */
export function largestTask(tasks: readonly OomTask[] | undefined): OomTask | undefined {
  let top: OomTask | undefined;
  for (const task of tasks ?? []) if (top === undefined || held(task) > held(top)) top = task;
  return top;
}

function held(task: OomTask): number {
  return Number(task.exact?.rss ?? task.rss) + ifCounted(task.swapents);
}
