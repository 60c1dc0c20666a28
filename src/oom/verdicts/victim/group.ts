import { conclude, findingKind, type Finding } from '../../../words/finding.js';
import { told } from '../../../words/told.js';
import type { OomReport } from '../../model.js';
import { factsIn } from '../../report-facts.js';

export const groupKind = findingKind({
  id: 'oom.victim.group',
  meaning: 'All tasks of a cgroup were killed with the victim (memory.oom.group).',
  when: 'the report says so',
  moment: 'report',
  step: 'certain',
});

/** Who was killed with it. */
export function group(report: OomReport): Finding[] {
  if (report.groupKill === undefined) return [];
  const { number, pid, word } = factsIn(report);
  const group = word('group', report.groupKill, 'memory.oom.group');
  // The victim is killed with its group once more, and both are printed.
  const killed = report.kills.filter((kill, i) => report.kills.findIndex(({ pid }) => pid === kill.pid) === i);
  const kills = number('kills', killed.length, 'kill lines');
  return [
    conclude(groupKind, {
      subject: { kind: 'cgroup', name: report.groupKill },
      sentence: told`All tasks of ${group} were killed with it (memory.oom.group): ${kills} in all.`,
      evidence: killed
        .slice(0, 20)
        .map(
          (kill) =>
            told`killed ${pid('killed.pid', kill.pid, 'kill line')} (${kill.comm === undefined ? '?' : word('killed.comm', kill.comm, 'kill line')})`,
        ),
    }),
  ];
}
