import { conclude, findingKind, type Finding } from '../../../words/finding.js';
import { taskSubject } from '../../../words/subject.js';
import { told } from '../../../words/told.js';
import type { OomReport } from '../../model.js';
import { factsIn } from '../../report-facts.js';
import { ownerOfMemory } from '../../scope.js';
import { adjOf, held, isWeighed, named, notWeighed, ranking, type Ranked } from './ranking.js';

export const noneKind = findingKind({
  id: 'oom.victim.none',
  meaning: 'Nobody could be killed, and the machine stopped for it.',
  when: 'the report ends with a panic and no task in its table could be chosen',
  moment: 'report',
  step: 'likely',
});

export const panicKind = findingKind({
  id: 'oom.victim.panic',
  meaning: 'Nobody was killed since panic_on_oom is set: who would have been.',
  when: 'the report ends with a panic and has tasks that could be chosen',
  moment: 'report',
  step: 'certain',
});

/** The machine ended before anybody was killed: since nobody could be, or since it was told to. */
export function nobody(report: OomReport, ranked: Ranked): Finding[] {
  if (report.panic === undefined) return [];
  return ranked.length === 0 ? nobodyCould(report, report.panic) : [wouldHaveBeen(report, ranked)];
}

function nobodyCould(report: OomReport, message: string): Finding[] {
  if (report.tasks === undefined) return [];
  const why = report.tasks.length === 0 ? 'no process had memory to give' : 'every process is protected';
  const panic = factsIn(report).word('panic', message, 'the panic message');
  return [
    conclude(noneKind, {
      subject: ownerOfMemory(report),
      sentence: told`Nobody could be killed: ${why}; the machine ended with "${panic}".`,
      evidence: report.tasks
        .slice(0, 8)
        .map((task) => told`${named(report, task)}: oom_score_adj ${adjOf(report, task)}`),
    }),
  ];
}

function wouldHaveBeen(report: OomReport, ranked: Ranked): Finding {
  const { task } = ranked[0]!;
  const weighed = isWeighed(ranked);
  const because = 'because panic_on_oom is set and the machine stops at the first OOM';
  const wouldBe = told`${weighed ? 'would' : 'may'} have been ${named(report, task)}`;
  return conclude(panicKind, {
    subject: taskSubject({ comm: task.name, pid: task.pid }),
    restsOn: weighed ? [] : [notWeighed],
    sentence: told`Nobody was killed, ${because}; the victim ${wouldBe} with ${held(report, task)}.`,
    evidence: ranking(ranked, report),
  });
}
