import { conclude, findingKind, type Finding } from '../words/finding.js';
import { number, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import { stackTold, subjectOf, whatTold, whoTold } from './oops-in-words.js';
import type { LoggedOopses } from './oops-reader.js';
import { isOops, type OopsText } from './oops-text.js';

const endKind = findingKind({
  id: 'log.oops',
  meaning: 'An oops, a BUG(), a stuck CPU or a panic in a log, which ended the kernel or the log: what its code did.',
  when: 'a panic followed, or the log ends soon behind it; of several the first',
  moment: 'log',
  step: 'certain',
});

const earlierKind = findingKind({
  id: 'log.earlier-oops',
  meaning: 'An oops or a BUG() in a log that the machine lived on after.',
  when: 'the log goes on behind it, and what ended the kernel is another, if anything did',
  moment: 'log',
  step: 'certain',
});

/** Every kind of finding on the oopses in a log. */
export const oopsTextFindingKinds = [endKind, earlierKind];

/**
 * What ended the kernel by its log, and the first oops where that is another: those between are seldom more than what
 * the first left behind. @param lines of the log
 */
export function oopsTextFindings({ oopses, count }: LoggedOopses, lines: number): Finding[] {
  const first = oopses.find(isOops);
  const last = oopses.find((one) => one.panic !== undefined && isOfAnEnd(one));
  const isOver = first !== undefined && lines - first.last > linesToEnd;
  const end = last ?? (isOver ? undefined : first);
  const found: Finding[] = [];
  if (end !== undefined) found.push(conclude(endKind, claim(end, count), caseOf(end)));
  if (first !== undefined && first !== end) {
    const isBefore = end !== undefined && isOops(end);
    found.push(conclude(earlierKind, claim(first, count), isBefore ? 'before another' : 'the machine lived on'));
  }
  return found;
}

/** A machine that has printed so many more lived on. */
const linesToEnd = 100;

/** A warning is one where it was made a panic of; of a panic for want of memory the report of it tells. */
function isOfAnEnd({ fault, panic = '' }: OopsText): boolean {
  if (fault === 'warning') return /panic_on_warn|warn_limit/.test(panic);
  if (fault === 'soft lockup') return panic.startsWith('softlockup');
  return fault !== 'panic' || !/^(?:Out of memory|System is deadlocked on memory)/.test(panic);
}

function caseOf({ panic = '' }: OopsText): 'it tells itself' | 'by hand' {
  return /^(?:sysrq triggered|SysRq)/i.test(panic) ? 'by hand' : 'it tells itself';
}

function claim(oops: OopsText, count: number) {
  const { panic, reason, stamp, first, place, trace, scanned } = oops;
  const made = panic === undefined ? '' : told`: panic “${word('panic', panic, 'the log')}”`;
  const reports = number('reports', count, 'oopses, warnings, soft lockups and panics in the log');
  const stack = stackTold(oops);
  const evidence: Told[] = [
    ...(stack === undefined ? [] : [stack]),
    ...(reason === undefined ? [] : [told`It said: ${word('reason', reason, 'the log')}`]),
    told`The kernel reported it: ${stamp === undefined ? '' : `[${stamp}] `}${word('line', first, 'the log')}`,
    ...(count > 1 ? [told`The log has ${reports} reports of oopses, warnings, stuck CPUs and panics.`] : []),
  ];
  return {
    subject: subjectOf(oops),
    restsOn:
      place === undefined && trace.length === 0 && scanned !== undefined
        ? [{ what: 'the kernel found the caller on the stack by scanning', certainty: 'likely' as const }]
        : [],
    sentence: told`${whatTold(oops)}${whoTold(oops)}${made}.`,
    evidence,
  };
}
