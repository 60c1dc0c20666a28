import { defined } from '../words/defined.js';
import type { Subject } from '../words/subject.js';
import { amount, memcgCounter, type OomReport } from './model.js';
import { isOfMachine, managedKB } from './zones.js';

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

/** What there is to be used up: the machine's memory, or what the cgroup is charged with. @param page its size in kB */
export function wholeKB(report: OomReport, page: number): number | undefined {
  return isOfMachine(report) ? managedKB(report, page) : amount(memcgCounter(report.memcg, 'memory')?.usageKB);
}
