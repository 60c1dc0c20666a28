import { exactly } from '../../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../../words/finding.js';
import { taskSubject, type Subject } from '../../../words/subject.js';
import { told, type KnownFact, type Told } from '../../../words/told.js';
import type { Badness } from '../../badness.js';
import { ifCounted, pageKB, totalOf, type OomReport, type OomTask } from '../../model.js';
import { factsIn } from '../../report-facts.js';
import { wholeKB } from '../../scope.js';
import { largestTask } from '../process-held.js';
import {
  adjOf,
  footprintOf,
  held,
  isWeighed,
  named,
  near,
  notWeighed,
  pointsAre,
  ranking,
  type Ranked,
} from './ranking.js';

export const chosenKind = findingKind({
  id: 'oom.victim.chosen',
  meaning:
    'Who was killed, whether it was the right one by badness, who would have been next, and what the kill freed.',
  when: 'the report names a victim',
  moment: 'report',
  step: 'certain',
});

/** Who holds less than this did not use it up alone. */
const mostOfIt = 0.4;

/** The victim among those that could be chosen, and what is said of it in every sentence. */
interface Chosen {
  readonly report: OomReport;
  readonly ranked: Ranked;
  readonly own: Badness;
  readonly first: Badness;
  readonly largest: OomTask | undefined;
  readonly subject: Subject;
  readonly name: Told;
  /** What the reaper took of it. */
  readonly freed: Told | string;
}

/** Whether it was the right one by badness, who would have been next, and what the kill freed. */
export function choice(report: OomReport, ranked: Ranked, pid: number): Finding {
  const own = ranked.find(({ task }) => task.pid === pid || task.tgid === pid);
  if (own === undefined) return notCompared(report, pid);
  const chosen = {
    report,
    ranked,
    own,
    first: ranked[0]!,
    largest: largestTask(report.tasks),
    ...calledIn(report, pid),
  };
  if (isRight(chosen)) return isLargest(chosen) ? theLargest(chosen) : forItsAdj(chosen);
  return isWeighed(ranked) ? beforeHigherScore(chosen) : beforeLarger(chosen);
}

function calledIn(report: OomReport, pid: number): Pick<Chosen, 'subject' | 'name' | 'freed'> {
  return {
    subject: taskSubject({ pid, comm: commOf(report, pid)?.comm }),
    name: nameOf(report, pid),
    freed: reaped(report, pid),
  };
}

/** It comes first, or so near to the first that the numbers printed don't tell them apart. */
function isRight({ own, first }: Chosen): boolean {
  return (
    own === first || (own.points !== undefined && first.points !== undefined && own.points >= first.points * (1 - near))
  );
}

function isLargest({ own, largest }: Chosen): boolean {
  return largest !== undefined && (largest.pid === own.task.pid || same(largest, own.task));
}

/** Two rows of one size are processes that share their memory, or a fork that has not written yet. */
function same(a: OomTask, b: OomTask): boolean {
  return Math.abs(Number(a.rss) - Number(b.rss)) <= Number(a.rss) * near;
}

function notCompared(report: OomReport, pid: number): Finding {
  const { subject, name, freed } = calledIn(report, pid);
  const { kB } = factsIn(report);
  const kill = report.kills[0];
  const size = (): Told | string => {
    if (kill?.anonRssKB === undefined) return '';
    const rssKB = Number(kill.anonRssKB) + ifCounted(kill.shmemRssKB) + ifCounted(kill.fileRssKB);
    return told`, which held ${kB('victim.rss', rssKB, 'anon-rss + shmem-rss + file-rss of the kill line')}`;
  };
  const why = report.tasks === undefined ? 'there is no task table' : 'it is not in the task table';
  return conclude(
    chosenKind,
    {
      subject,
      sentence: told`${name} was chosen${size()}${freed}; whether it was the right one can't be determined: ${why}.`,
      evidence:
        kill?.anonRssKB === undefined
          ? []
          : [told`anon-rss ${exactly(kB('victim.anon-rss', kill.anonRssKB, 'anon-rss of the kill line'))} (kill line)`],
    },
    'no table to compare',
  );
}

function theLargest(chosen: Chosen): Finding {
  const { report, ranked, own, subject, name, freed } = chosen;
  const footprint = footprintOf(report, own.task);
  const which = usedMost(report, footprint) ? 'the consumer' : 'the largest process';
  return conclude(
    chosenKind,
    {
      subject,
      sentence: told`The victim is ${which}: ${name} held the most (${footprint} with its page tables and swap)${freed}; ${nextOne(chosen)}.`,
      evidence: ranking(ranked, report),
    },
    'the largest',
  );
}

function usedMost(report: OomReport, footprint: KnownFact): boolean {
  const whole = wholeKB(report, pageKB(report));
  return whole !== undefined && Number(footprint.fact.value) >= whole * mostOfIt;
}

function nextOne({ report, ranked, own }: Chosen): Told | string {
  if (!isWeighed(ranked))
    return (
      "who would have been next can't be determined, for the report does not say " +
      'how much memory there is to measure an oom_score_adj against'
    );
  const next = ranked.find(({ task }) => task.pid !== own.task.pid);
  if (next === undefined) return 'no other could be chosen';
  return told`next would have been ${named(report, next.task)} with ${held(report, next.task)}`;
}

function forItsAdj({ report, ranked, own, largest, subject, name, freed }: Chosen): Finding {
  const holding = told`holding ${footprintOf(report, own.task)}${freed}`;
  const chosenFor = told`chosen for its oom_score_adj of ${adjOf(report, own.task)}, ${holding}`;
  return conclude(
    chosenKind,
    {
      subject,
      sentence: told`${name} was ${chosenFor}; ${named(report, largest ?? own.task)} holds the most.`,
      evidence: ranking(ranked, report),
    },
    'for its oom_score_adj',
  );
}

/** Where an oom_score_adj can't be weighed. */
function beforeLarger({ report, ranked, first, subject, name, freed }: Chosen): Finding {
  const untold =
    "whether an oom_score_adj made the difference can't be determined, " +
    'for the report does not say how much memory there is to measure it against';
  return conclude(
    chosenKind,
    {
      subject,
      restsOn: [notWeighed],
      sentence: told`${name} was killed${freed}, though ${named(report, first.task)} holds more; ${untold}.`,
      evidence: ranking(ranked, report),
    },
    'another had the higher score',
  );
}

function beforeHigherScore(chosen: Chosen): Finding {
  const { report, ranked, first, subject, name, freed } = chosen;
  const because = whyAnother(report);
  return conclude(
    chosenKind,
    {
      subject,
      restsOn: [{ what: `${because}: the best explanation of several`, certainty: 'likely' }],
      sentence: told`${name} was killed, but ${named(report, first.task)} has the higher score${bothPoints(chosen)}${freed}: ${because}.`,
      evidence: ranking(ranked, report),
    },
    'another had the higher score',
  );
}

function bothPoints({ report, first, own }: Chosen): Told | string {
  if (first.points === undefined || own.points === undefined) return '';
  const { number } = factsIn(report);
  const [more, fewer] = [
    number(`pid ${first.task.pid}.points`, first.points, pointsAre),
    number(`pid ${own.task.pid}.points`, own.points, pointsAre),
  ];
  return told` (${more} points against ${fewer})`;
}

/** Why the victim need not have had the highest score. */
function whyAnother(report: OomReport): string {
  if (report.groupKill !== undefined) return 'its cgroup is killed as a whole';
  if (boundToNodes(report)) return 'that one may not use the nodes that are short, so it could not be chosen';
  return 'a child, a task that was already dying, or oom_kill_allocating_task';
}

/** oom_cpuset_eligible(): only tasks that may use the same nodes are looked at. */
function boundToNodes({ event }: OomReport): boolean {
  return event.constraint === 'CONSTRAINT_CPUSET' || event.constraint === 'CONSTRAINT_MEMORY_POLICY';
}

function reaped(report: OomReport, pid: number): string | Told {
  const line = report.reaped.find((one) => one.pid === pid);
  if (line === undefined) return '';
  if (!line.done) return ', and its memory could not be reaped';
  const left = totalOf([line.anonRssKB, ifCounted(line.shmemRssKB)]);
  if (left === undefined) return ', and it was reaped';
  const leftTold = factsIn(report).kB('left by the reaper', left, 'anon-rss + shmem-rss after oom_reaper');
  return left === 0
    ? told`, and it was reaped to ${leftTold}`
    : told`, and was reaped to ${leftTold} (anonymous and shared memory)`;
}

function nameOf(report: OomReport, pid: number): Told {
  const facts = factsIn(report);
  const called = commOf(report, pid);
  if (called !== undefined) return facts.task('victim', { comm: called.comm, pid }, called.what);
  return told`pid ${facts.pid('victim.pid', pid, report.kills[0]?.pid === pid ? 'kill line' : 'the one that was selected')}`;
}

/** What the victim is called, and by which part of the report. */
function commOf(report: OomReport, pid: number): { comm: string; what: string } | undefined {
  const named = [
    { comm: report.kills.find((kill) => kill.pid === pid)?.comm, what: 'kill line' },
    { comm: report.selected?.pid === pid ? report.selected.comm : undefined, what: 'the one that was selected' },
    { comm: report.tasks?.find((one) => one.pid === pid)?.name, what: 'the task table' },
  ];
  return named.flatMap(({ comm, what }) => (comm === undefined ? [] : [{ comm, what }]))[0];
}
