import { lessSure } from '../words/certainty.js';
import type { Finding } from '../words/finding.js';
import type { Incomplete, OomReport } from './model.js';

/**
 * What a judge makes of a report, made less sure by a step where it looked at parts of which not all could be read: no
 * verdict need think of that, and none can forget it.
 */
export function judgedByWhatWasRead(
  reports: readonly (OomReport | undefined)[],
  judge: (...noted: (OomReport | undefined)[]) => readonly Finding[],
): readonly Finding[] {
  const met = new Set<string>();
  const findings = judge(...reports.map((report) => report && noted(report, met)));
  return findings.map((one) => lessSure(one, [...met]));
}

/** The report; what was met in each incomplete part that is looked at goes into `met`. */
function noted(report: OomReport, met: Set<string>): OomReport {
  return report.incomplete === undefined ? report : noting(report, '', report.incomplete, met);
}

function noting<T extends object>(owner: T, prefix: string, incomplete: Incomplete, met: Set<string>): T {
  return new Proxy(owner, {
    get(target, name, receiver): unknown {
      const part = `${prefix}${String(name)}`;
      for (const looked of ['all', part]) {
        const what = incomplete[looked as keyof Incomplete];
        if (what !== undefined) met.add(what);
      }
      const value: unknown = Reflect.get(target, name, receiver);
      const hasParts =
        typeof value === 'object' &&
        value !== null &&
        Object.keys(incomplete).some((key) => key.startsWith(`${part}.`));
      return hasParts ? noting(value, `${part}.`, incomplete, met) : value;
    },
  });
}
