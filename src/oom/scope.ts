import { defined } from '../words/defined.js';
import type { Subject } from '../words/subject.js';
import type { OomReport } from './model.js';
import { isOfMachine } from './zones.js';

/** What ran out: the machine, a cgroup, the nodes of a cpuset or a policy; or none of them. */
export type Scope = 'global' | 'memcg' | 'cpuset' | 'policy' | 'manual' | 'allocation failure' | 'unknown';

/** In a word, for lists of events. A report that is cut too short to tell is 'unknown'. */
export function scopeOf(report: OomReport): Scope {
  if (report.kind === 'allocation-failure') return 'allocation failure';
  if (report.event.caller.by === 'sysrq') return 'manual';
  if (!isOfMachine(report)) return 'memcg';
  if (report.event.constraint === 'CONSTRAINT_CPUSET') return 'cpuset';
  if (report.event.constraint === 'CONSTRAINT_MEMORY_POLICY') return 'policy';
  if (report.kind === 'show-mem') return 'unknown';
  return report.event.caller.by === 'unknown' && report.kills[0]?.message !== 'Out of memory' ? 'unknown' : 'global';
}

/** The cgroup whose limit was hit. */
export function cgroupSubject({ memcg }: OomReport): Subject {
  return { kind: 'cgroup', ...defined({ name: memcg?.path }) };
}

/** Whose memory ran out. */
export function ownerOfMemory(report: OomReport): Subject {
  return isOfMachine(report) ? { kind: 'machine' } : cgroupSubject(report);
}
