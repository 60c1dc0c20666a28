import type { Finding } from '../words/finding.js';
import { causeWeight } from './signature.js';

/**
 * The paragraph at the top, at most three sentences: how the machine ended, why, and what to do or what else came of
 * it. Empty where nothing was found.
 * @param findings what explains most first
 */
export function summaryOf(findings: readonly Finding[]): readonly string[] {
  const sure = findings.filter(({ certainty, weight }) => certainty !== 'possible' && weight >= causeWeight);
  const end = findings.find(isEnd);
  const causes = sure.filter((finding) => !isEnd(finding) && !isAdvice(finding));
  const [cause, next] = causes;
  // What died of its own code has no other cause: that memory had been short before is another story.
  if (end !== undefined && end.weight >= causeWeight)
    return inOrder(findings, [end, ...findings.filter(isEarlier).slice(0, 1)]).map(({ sentence }) => sentence);
  const ended = end === undefined ? [] : [cause === undefined ? end.sentence : (end.brief ?? end.sentence)];
  // An end that tells nothing of why: what came before it is the next best.
  if (cause === undefined)
    return [
      ...ended,
      ...findings
        .filter(isGraveBefore)
        .slice(0, 1)
        .map(({ sentence }) => sentence),
    ];
  // What follows from a lock or a device is a consequence; memory has several holders.
  const more = sure.find(isAdvice) ?? (isOfMemory(cause) && next !== undefined && isOfMemory(next) ? next : undefined);
  return [...ended, cause.sentence, ...(more === undefined ? [] : [more.sentence])];
}

/** By what explains most first: of two oopses in a log that is the first. */
function inOrder(findings: readonly Finding[], some: readonly Finding[]): Finding[] {
  return findings.filter((finding) => some.includes(finding));
}

/** The paragraph where it says more than the first finding, which stands right under it. */
export function paragraphOf(said: { summary: readonly string[]; findings: readonly Finding[] }): readonly string[] {
  const { summary, findings } = said;
  return summary.length === 1 && summary[0] === findings[0]?.sentence ? [] : summary;
}

/** Of the layer that tells how the kernel ended, or of the log that does. */
function isEnd({ id }: Finding): boolean {
  return id.startsWith('ending.') || id === 'log.oops';
}

/** What the machine lived through before, which is easily taken for the cause. */
function isEarlier({ id }: Finding): boolean {
  return id === 'oom.earlier' || id === 'log.earlier-oops' || id.startsWith('timeline.earlier-');
}

/** What may have left the machine in a state that somebody then ended. */
function isGraveBefore({ id }: Finding): boolean {
  return /^timeline\.earlier-(?:oops|corruption|hardware-error)$/.test(id);
}

function isOfMemory({ id }: Finding): boolean {
  return id.startsWith('oom.');
}

function isAdvice({ id }: Finding): boolean {
  return id.startsWith('oom.prevention.');
}
