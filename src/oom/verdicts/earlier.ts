import { duration, word } from '../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { told, toldList } from '../../words/told.js';
import { numbered } from '../../words/quantity.js';
import type { OomReport } from '../model.js';
import { factsIn } from '../report-facts.js';
import { cgroupSubject, scopeOf } from '../scope.js';

export const earlierKind = findingKind({
  id: 'oom.earlier',
  meaning: 'An OOM report that was over before the machine ended, of something else: for how long it lived on.',
  when: 'the last report of the log had ended, and the kernel died of another thing, or long after it',
  moment: 'report',
  step: 'certain',
});

/** Conclusions of the report that its one finding has as evidence. */
const kept = 3;

/** Killed processes that are named. */
const named = 3;

/**
 * One finding in place of all that could be said of a report that has nothing to do with the end.
 * @param judged what the verdicts say of it
 * @param sinceNs from the report to the end; undefined where a stamp is not there
 */
export function earlierFinding(report: OomReport, judged: readonly Finding[], sinceNs: number | undefined): Finding {
  const facts = factsIn(report);
  const scope = scopeOf(report);
  const cgroup = report.memcg?.path;
  const where =
    scope === 'memcg'
      ? told`The limit of ${cgroup === undefined ? 'a cgroup' : word('memcg', cgroup, 'the log')} was hit`
      : scope === 'allocation failure'
        ? 'An allocation failed'
        : 'Memory ran out';
  const when =
    sinceNs === undefined
      ? 'before the end'
      : told`${duration('before the end', sinceNs, "the log's stamps, and the end")} before the end`;
  const kills = [...new Map(report.kills.map((kill) => [kill.pid, kill])).values()];
  const victims = kills
    .slice(0, named)
    .map(({ pid, comm }, i) =>
      comm === undefined
        ? told`pid ${facts.pid(`killed ${i + 1}.pid`, pid)}`
        : facts.task(`killed ${i + 1}`, { comm, pid }, 'the kill line'),
    );
  const more =
    kills.length > named ? [told`${facts.number('more killed', kills.length - named, 'the kill lines')} more`] : [];
  const came =
    victims.length === 0
      ? ''
      : told`, and ${toldList([...victims, ...more])} ${numbered(kills.length, 'was', 'were')} killed`;
  return conclude(earlierKind, {
    subject: scope === 'memcg' ? cgroupSubject(report) : { kind: 'machine' },
    sentence: told`${where} ${when}${came}; the machine lived on.`,
    evidence: judged.slice(0, kept).map(({ sentence }) => sentence),
  });
}
