import { createHash } from 'node:crypto';
import type { Finding } from '../words/finding.js';
import { problemOf } from '../words/subject.js';

/** Findings below this weight are circumstances, not the cause: they differ between twins. */
export const causeWeight = 50;

/**
 * A name for the problem, to find its twins among other dumps: made of what the certain and likely causes are and what
 * they are about; no address, number, time or host goes into it. 16 hex digits, or null where there is no such finding.
 */
export function signatureOf(findings: readonly Finding[]): string | null {
  const causes = findings.filter((finding) => finding.weight >= causeWeight && finding.certainty !== 'possible');
  if (causes.length === 0) return null;
  // What a kernel died of is the problem; that it had been short of memory minutes before is another one.
  const ends = causes.filter(({ id }) => id.startsWith('ending.'));
  const words = [
    ...new Set((ends.length > 0 ? ends : causes).map((finding) => `${finding.id}\0${problemOf(finding.subject)}`)),
  ].toSorted();
  return createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16);
}
