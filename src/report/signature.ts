import { createHash } from 'node:crypto';
import type { Finding } from '../words/finding.js';
import { problemOf } from '../words/subject.js';

/** Findings below this weight are circumstances, not the cause: they differ between twins. */
export const causeWeight = 50;

/**
 * A name for the problem, to find its twins among other dumps: made of the root alone, what it is and where, since what
 * follows from it depends on when the dump was taken; no address, number, time or host goes into it. 16 hex digits, or
 * null where there is no such finding.
 */
export function signatureOf(findings: readonly Finding[]): string | null {
  const sure = findings.filter(({ certainty }) => certainty !== 'possible');
  const causes = sure.filter(({ weight }) => weight >= causeWeight);
  // What a kernel died of is the problem; that it had been short of memory minutes before is another one.
  const ends = causes.filter(({ id }) => id.startsWith('ending.'));
  const told = sure.filter(({ problem }) => problem !== undefined);
  const root = heaviest([ends, causes, told].find(({ length }) => length > 0) ?? []);
  if (root === undefined) return null;
  // Memory has several holders.
  const roots = isOfMemory(root) ? causes.filter(isOfMemory) : [root];
  const words = [...new Set(roots.map(nameOf))].toSorted();
  return createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16);
}

function heaviest(findings: readonly Finding[]): Finding | undefined {
  return findings.toSorted((a, b) => b.weight - a.weight || (nameOf(a) < nameOf(b) ? -1 : 1))[0];
}

function isOfMemory({ id }: Finding): boolean {
  return id.startsWith('oom.');
}

function nameOf({ id, subject, problem }: Finding): string {
  return problem ?? `${id}\0${problemOf(subject)}`;
}
