import { exactly } from '../../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../../words/finding.js';
import { taskSubject } from '../../../words/subject.js';
import { told } from '../../../words/told.js';
import { ifCounted, pageKB, type OomReport, type OomTask } from '../../model.js';
import { factsIn } from '../../report-facts.js';
import { ownerOfMemory, wholeKB } from '../../scope.js';
import { isOfMachine } from '../../zones.js';
import { largestTask } from '../process-held.js';
import { adjOf, named } from './ranking.js';

export const hiddenKind = findingKind({
  id: 'oom.victim.hidden',
  meaning: 'The largest process is kept from being chosen by its oom_score_adj.',
  when: 'it has a negative oom_score_adj, more than 10 % of the memory, and is not the first by score',
  moment: 'report',
  step: 'certain',
});

export const smallKind = findingKind({
  id: 'oom.victim.small',
  meaning: 'No process is the consumer by its own memory.',
  when: 'the largest has less than 10 % of the memory',
  moment: 'report',
  step: 'certain',
});

/** A process below this share of what was in use was not what used it up. */
const smallShare = 0.1;

/** The largest consumer is kept from being chosen by its oom_score_adj, or no process is large at all. */
export function hidden(report: OomReport, first: OomTask | undefined): Finding[] {
  const top = largestTask(report.tasks);
  if (top === undefined) return [];
  const page = pageKB(report);
  const size = (Number(top.exact?.rss ?? top.rss) + ifCounted(top.swapents)) * page;
  const whole = wholeKB(report, page);
  if (whole === undefined || whole === 0) return [];
  const { kB, word, share } = factsIn(report);
  const [holds, all] = [
    kB('process.rss + swap', size, 'rss + swapents of the task table'),
    kB('in use', whole, isOfMachine(report) ? 'managed' : 'memory: usage'),
  ];
  const comm = word('process.comm', top.name, 'the task table');
  if (top.oomScoreAdj < 0 && first?.pid !== top.pid && size > whole * smallShare) {
    const kept = told`is kept from being chosen by its oom_score_adj of ${adjOf(report, top)}`;
    return [
      conclude(hiddenKind, {
        subject: taskSubject({ comm: top.name, pid: top.pid }),
        sentence: told`${named(report, top)} holds ${holds} (${share(holds, all)}) and ${kept}; others are killed in its place.`,
        evidence: [
          told`${comm}: rss + swap ${exactly(holds)}, oom_score_adj ${adjOf(report, top)}`,
          ...(first === undefined
            ? ['no other task can be chosen']
            : [told`first by score: ${named(report, first)}, oom_score_adj ${adjOf(report, first)}`]),
        ],
      }),
    ];
  }
  if (size < whole * smallShare) {
    return [
      conclude(smallKind, {
        subject: ownerOfMemory(report),
        sentence: told`No process is the consumer by its own memory: the largest, ${named(report, top)}, holds ${holds} (${share(holds, all)} of ${all}).`,
        evidence: [told`${comm}: rss + swap ${exactly(holds)}`],
      }),
    ];
  }
  return [];
}
