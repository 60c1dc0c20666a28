import { conclude, findingKind, type Finding } from '../words/finding.js';
import { number, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import { callerOf, isWild, subjectOf, whatTold, whoTold } from './oops-in-words.js';
import type { LoggedOopses } from './oops-reader.js';
import { isOops, type OopsText, type TextFault } from './oops-text.js';
import { isByHand } from './panic-in-words.js';
import { stackTold } from './stack-in-words.js';

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

const reportKind = findingKind({
  id: 'log.report',
  meaning: 'What a watchdog or a check of the kernel’s reported in a log: a stuck CPU, a hung task, KASAN, a WARN().',
  when: 'the log has neither an oops nor a panic; of several kinds the gravest, and of that the first',
  moment: 'log',
  step: 'certain',
});

/** Every kind of finding on the oopses in a log. */
export const oopsTextFindingKinds = [endKind, earlierKind, reportKind];

/** A finding, and what it is about. */
export interface Judged {
  readonly finding: Finding;
  readonly oops: OopsText;
}

/**
 * What ended the kernel by its log, and the first oops where that is another: those between are seldom more than what
 * the first left behind. @param lines of the log
 */
export function oopsTextFindings(logged: LoggedOopses, lines: number): Finding[] {
  return judgeOopses(logged, lines).map(({ finding }) => finding);
}

/** The same, each with its text. */
export function judgeOopses(logged: LoggedOopses, lines: number): Judged[] {
  const { oopses } = logged;
  const first = oopses.find(isOops);
  const last = oopses.find((one) => one.panic !== undefined && isOfAnEnd(one));
  const isOver = first !== undefined && lines - first.last > linesToEnd;
  const end = last ?? (isOver ? undefined : first);
  const found: Judged[] = [];
  if (end !== undefined) found.push(judged(end, conclude(endKind, claim(end, logged), caseOf(end))));
  if (first !== undefined && first !== end)
    found.push(judged(first, conclude(earlierKind, claim(first, logged), caseOfEarlier(first, end))));
  if (found.length > 0 || oopses.length > 0) return found.toSorted((a, b) => b.finding.weight - a.finding.weight);
  const report = gravest(logged.survived);
  return report === undefined
    ? []
    : [judged(report, conclude(reportKind, claim(report, logged), caseOfReport(report)))];
}

function judged(oops: OopsText, finding: Finding): Judged {
  return { oops, finding };
}

/** A machine that has printed so many more lived on. */
const linesToEnd = 100;

/** Of a panic for want of memory the report of it tells. */
function isOfAnEnd({ fault, panic = '' }: OopsText): boolean {
  return fault !== 'panic' || !/^(?:Out of memory|System is deadlocked on memory)/.test(panic);
}

function caseOf(oops: OopsText): 'it tells itself' | 'by hand' {
  return isByHand(oops) ? 'by hand' : 'it tells itself';
}

/** By the kernel's own count of its oopses, one after the first comes of what that left behind, or may. */
function caseOfEarlier({ number: first }: OopsText, end: OopsText | undefined) {
  if (end === undefined || isByHand(end)) return 'the machine lived on';
  if (first === 1 && end.number !== undefined && end.number > first) return 'the first, and another ended the kernel';
  return isOops(end) ? 'before another' : 'the machine lived on';
}

/** The gravest first. */
const gravity: readonly (readonly [TextFault, 'a stall' | 'corruption' | 'a hung task' | 'a warning'])[] = [
  ['corruption', 'corruption'],
  ['hard lockup', 'a stall'],
  ['soft lockup', 'a stall'],
  ['rcu stall', 'a stall'],
  ['hung task', 'a hung task'],
  ['warning', 'a warning'],
  ['debug check', 'a warning'],
];

function gravest(survived: readonly OopsText[]): OopsText | undefined {
  return gravity.map(([kind]) => survived.find(({ fault }) => fault === kind)).find((one) => one !== undefined);
}

function caseOfReport({ fault }: OopsText) {
  return gravity.find(([kind]) => kind === fault)?.[1] ?? 'a warning';
}

function claim(oops: OopsText, { count, survived }: LoggedOopses) {
  const { panic, reason, kasan, stamp, first } = oops;
  const made = panic === undefined ? '' : told`: panic “${word('panic', panic, 'the log')}”`;
  const reports = number('reports', count, 'oopses, panics, and reports of checks and watchdogs in the log');
  const stack = stackTold(oops);
  const before = gravest(survived.filter(({ fault, line }) => fault === 'corruption' && line < oops.line));
  const evidence: Told[] = [
    ...(stack === undefined ? [] : [stack]),
    ...(reason === undefined ? [] : [told`It said: ${word('reason', reason, 'the log')}`]),
    ...(kasan === undefined ? [] : [told`KASAN said: ${word('kasan', kasan, 'the log')}`]),
    told`The kernel reported it: ${stamp === undefined ? '' : `[${stamp}] `}${word('line', first, 'the log')}`,
    ...(before === undefined ? [] : [told`Before it: ${word('before', before.first, 'the log')}`]),
    ...(count > 1 ? [told`The log has ${reports} reports of oopses, panics, stalls, warnings and failed checks.`] : []),
  ];
  return {
    subject: subjectOf(oops),
    restsOn: premisesOf(oops),
    sentence: told`${countTold(oops)}${whatTold(oops)}${whoTold(oops)}${made}.`,
    evidence,
  };
}

/** "Oops #2: ": by the kernel's count, where others came before. */
function countTold({ number: count }: OopsText): Told | string {
  return count === undefined || count < 2 ? '' : told`Oops #${number('number', count, "[#N] of the log's oops")}: `;
}

/** What is told of code that the kernel only found on the stack. */
function premisesOf(oops: OopsText) {
  const { fault, interrupted, linked } = oops;
  if (
    fault === 'hard lockup'
      ? interrupted?.isSure === false
      : isWild(oops) && linked === undefined && callerOf(oops)?.isSure === false
  )
    return [{ what: 'the kernel found the caller on the stack by scanning', certainty: 'likely' as const }];
  return [];
}
