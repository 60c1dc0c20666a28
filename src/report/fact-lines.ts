import type { Finding } from '../words/finding.js';
import { unitInWords } from '../words/known-facts.js';
import type { Report } from './report.js';

/** The report with the facts of each finding among its evidence, a line each. */
export function withFacts(report: Report): Report {
  return {
    ...report,
    findings: report.findings.map((finding) => ({
      ...finding,
      evidence: [...finding.evidence, ...factLines(finding)],
    })),
  };
}

/**
 * "memory.usage = 102400 kB (memory counter of the cgroup, in the log)"; then what it rests on that is not certain
 * itself, and what could not be read.
 */
function factLines({ facts = {}, restsOn = [], unread = [], evidence }: Finding): string[] {
  return [
    ...Object.entries(facts).map(
      ([name, { value, unit, source }]) => `${name} = ${short(value)}${unitInWords(unit)} (${source})`,
    ),
    // What is certain stands among the evidence already.
    ...restsOn
      .filter(({ certainty }) => certainty !== 'certain')
      .map(({ what, certainty }) => `rests on: ${what} (${certainty})`),
    ...unread
      .filter((what) => !evidence.some((line) => line.includes(what)))
      .map((what) => `could not be read: ${what}`),
  ];
}

/** A share with the figures that one reads; JSON has all of them. */
function short(value: number | bigint | string): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}
