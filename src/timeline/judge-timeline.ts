import { lessSure } from '../words/certainty.js';
import { conclude, findingKind, type Finding, type FindingKind } from '../words/finding.js';
import { count, duration, number, word } from '../words/known-facts.js';
import { logStamp } from '../words/log-stamp.js';
import type { Subject } from '../words/subject.js';
import { told, type Told } from '../words/told.js';
import { defined } from '../words/defined.js';
import type { EventName } from './event-names.js';
import { eventInWords, isImportant, placeInWords, taskInWords, type TimelineEvent } from './event.js';
import { stillThere } from './from-memory.js';
import type { KernelTimeline } from './timeline-of.js';
import { withModule } from '../words/code-name.js';

const oopsKind = findingKind({
  id: 'timeline.earlier-oops',
  meaning: 'The kernel had died of something in a task before, and gone on: what came later may come of that.',
  when: 'the log has an oops or a BUG() that is not the end',
  moment: 'dump',
  step: 'certain',
});

const warningKind = findingKind({
  id: 'timeline.earlier-warning',
  meaning: 'WARN()s before the end: where the last was, and for how long the machine lived on.',
  when: 'the log has a WARNING that is not the end',
  moment: 'dump',
  step: 'certain',
});

const corruptionKind = findingKind({
  id: 'timeline.earlier-corruption',
  meaning: "The kernel's own checks had found memory, pages or counters that can't be.",
  when: 'the log has a report of KASAN, SLUB, bad pages or another "BUG:" that is not the end',
  moment: 'dump',
  step: 'certain',
});

const stallKind = findingKind({
  id: 'timeline.earlier-stall',
  meaning: 'Tasks had hung, or CPUs, RCU or workqueues stood still, and went on.',
  when: 'the log has a report of one of the watchdogs, and what it is about was not so at the end',
  moment: 'dump',
  step: 'certain',
});

const ioKind = findingKind({
  id: 'timeline.earlier-io-error',
  meaning: 'Disks, file systems or servers had failed, were reset, or went read-only.',
  when: 'the log has I/O errors, errors of a file system, resets of a device or servers that did not answer',
  moment: 'dump',
  step: 'certain',
});

const hardwareKind = findingKind({
  id: 'timeline.earlier-hardware-error',
  meaning: 'The hardware had reported errors of its own, or that it was too hot.',
  when: 'the log has machine checks, ECC or PCIe errors, unknown NMIs or thermal events that are not the end',
  moment: 'dump',
  step: 'certain',
});

const daemonKind = findingKind({
  id: 'timeline.earlier-daemon-kill',
  meaning: 'A program had killed others for want of memory, by what it wrote into the log.',
  when: 'user space has written such a line into the log',
  moment: 'dump',
  step: 'likely',
});

const untoldKind = findingKind({
  id: 'timeline.untold',
  meaning: 'The kernel counts oopses or warnings, or bears a taint, of which its log has nothing.',
  when: 'die_counter or warn_count is more than the log has, or a taint has no event',
  moment: 'dump',
  step: 'certain',
});

/** Every kind of finding on what was before the end. */
export const timelineFindingKinds: readonly FindingKind[] = [
  oopsKind,
  warningKind,
  corruptionKind,
  stallKind,
  ioKind,
  hardwareKind,
  daemonKind,
  untoldKind,
];

/** What an oops killed may have held what others then waited for. */
function caseOf({ hasPanicked, ending }: KernelTimeline) {
  if (ending === 'policy') return 'before a watchdog’s panic';
  return hasPanicked ? 'before a panic' : 'the machine lived on';
}

interface Remark {
  readonly kind:
    | typeof warningKind
    | typeof corruptionKind
    | typeof stallKind
    | typeof ioKind
    | typeof hardwareKind
    | typeof daemonKind;
  readonly of: readonly EventName[];
  /** In words. */
  readonly one: string;
  readonly many: string;
  /** The first of them is told, which may have brought on the others; else the last. */
  readonly tellsFirst?: true;
}

/** Kinds of events with the finding that tells of all of them; OOM kills are told by the OOM verdicts. */
const remarks: readonly Remark[] = [
  {
    kind: corruptionKind,
    of: ['corruption'],
    one: 'report of corruption',
    many: 'reports of corruption',
    tellsFirst: true,
  },
  {
    kind: hardwareKind,
    of: ['hardware error', 'thermal'],
    one: 'error of the hardware',
    many: 'errors of the hardware',
  },
  { kind: hardwareKind, of: ['nmi'], one: 'NMI', many: 'NMIs' },
  {
    kind: ioKind,
    of: ['io error', 'file system', 'device reset', 'server'],
    one: 'error of a disk or file system',
    many: 'errors of disks or file systems',
  },
  {
    kind: stallKind,
    of: ['hung task', 'soft lockup', 'hard lockup', 'rcu stall', 'workqueue', 'scheduler'],
    one: 'report of a stall',
    many: 'reports of stalls',
  },
  {
    kind: daemonKind,
    of: ['daemon kill'],
    one: 'kill by a program in user space',
    many: 'kills by programs in user space',
  },
  { kind: warningKind, of: ['warning', 'debug check'], one: 'warning', many: 'warnings' },
];

/** What was before the end and may matter: one finding for each kind of event, which says for how long it went on. */
export function timelineFindings(timeline: KernelTimeline): readonly Finding[] {
  const { events, unread } = timeline;
  const boot = events.at(-1)?.boot;
  const still = new Set<string>(Object.values(stillThere));
  const earlier = events.filter(
    (event) => !event.isEnd && event.boot === boot && isImportant(event) && !still.has(event.outcome ?? ''),
  );
  // What other CPUs print of themselves as the kernel dies is not before its end.
  const panic = events.findIndex(({ kind, isEnd }) => kind === 'panic' && isEnd);
  const behind = new Set(panic < 0 ? [] : events.slice(panic));
  const logged = earlier.filter((event) => event.witness !== 'memory' && !behind.has(event));
  const found = [
    oops(timeline, logged),
    ...remarks.map((remark) => remarkOn(timeline, remark, logged)),
    untold(earlier.filter(({ witness }) => witness === 'memory')),
  ].filter((finding) => finding !== undefined);
  return unread === undefined ? found : found.map((finding) => lessSure(finding, [unread]));
}

const stamps = "the log's stamps, and the end";

/** Less is no life. */
const lifeNs = 1e9;

/** "12.3 s before the end, and the machine lived on"; of what has no stamp it is not known. */
function livedOn(timeline: KernelTimeline, event: TimelineEvent, role: string): Told {
  const { endNs } = timeline;
  const hasLived = endNs !== undefined && event.timeNs !== undefined && endNs - event.timeNs >= lifeNs;
  return told`${before(timeline, event, role)}${hasLived ? ', and the machine lived on' : ''}`;
}

/** "12.3 s before the end" */
function before({ endNs }: KernelTimeline, { timeNs }: TimelineEvent, role: string): Told {
  return endNs === undefined || timeNs === undefined || timeNs > endNs
    ? told`before the end`
    : told`${duration(`${role}.before the end`, endNs - timeNs, stamps)} before the end`;
}

/** Words of the log are facts of it; numbers among them are its own. */
function eventTold({ comm, pid, what, place, foundBy, message }: TimelineEvent, role: string): Told {
  const who = comm === undefined ? '' : told`${word(`${role}.task`, taskInWords(comm, pid), 'the log')}: `;
  const found =
    foundBy === undefined ? '' : told`, found in ${word(`${role}.found in`, placeInWords(foundBy), 'the log')}`;
  const where = place === undefined ? found : told` in ${word(`${role}.in`, placeInWords(place), 'the log')}`;
  const said = message === undefined ? '' : told` (${word(`${role}.message`, message, 'the log')})`;
  return told`${who}${word(role, what, 'the log')}${where}${said}`;
}

function line(event: TimelineEvent): string {
  const stamp = event.timeNs === undefined ? '' : `[${logStamp(event.timeNs)}] `;
  return `${stamp}${eventInWords(event)}`;
}

/** Of many, those that evidence names. */
const named = 4;

function oops(timeline: KernelTimeline, logged: readonly TimelineEvent[]): Finding | undefined {
  const oopses = logged.filter(({ kind }) => kind === 'oops' || kind === 'bug');
  const [first] = oopses;
  if (first === undefined) return undefined;
  const end = timeline.events.find(({ isEnd, number: n }) => isEnd === true && n !== undefined)?.number;
  const isDeath = timeline.ending === 'exception' || timeline.ending === 'bug';
  const evidence = oopses.slice(0, named).map(line);
  const name = first.place && withModule(first.place.function, first.place.module);
  const subject: Subject = { kind: 'function', ...defined({ name }) };
  const problem = name === undefined ? undefined : `an oops in ${name}`;
  const who = eventTold(first, 'first');
  if (isDeath && end !== undefined) {
    const which = number('number', end, "[#N] of the log's oops");
    const isFirst = first.number === 1 ? 'the first' : 'the first that the log has';
    const sentence = told`This was oops #${which}: ${isFirst} came ${livedOn(timeline, first, 'first')}: ${who}.`;
    return conclude(oopsKind, { subject, problem, sentence, evidence }, 'before another oops');
  }
  const many = count('oopses', oopses.length, 'oops', 'the log');
  const lived = livedOn(timeline, first, 'first');
  const sentence =
    oopses.length === 1 ? told`An oops came ${lived}: ${who}.` : told`${many} came, the first ${lived}: ${who}.`;
  return conclude(oopsKind, { subject, problem, sentence, evidence }, caseOf(timeline));
}

function remarkOn(
  timeline: KernelTimeline,
  { kind, of, one, many, tellsFirst }: Remark,
  logged: readonly TimelineEvent[],
): Finding | undefined {
  const events = logged.filter((event) => of.includes(event.kind));
  const which = tellsFirst === true ? 'first' : 'last';
  const event = events.at(tellsFirst === true ? 0 : -1);
  if (event === undefined) return undefined;
  const what = eventTold(event, which);
  const lived = livedOn(timeline, event, which);
  const sentence =
    events.length === 1
      ? told`${an(one)} came ${lived}: ${what}.`
      : told`${number('events', events.length, 'the log')} ${many} came, the ${which} ${lived}: ${what}.`;
  const subject: Subject = { kind: 'other', name: of[0]! };
  const evidence = events.slice(0, named).map(line);
  return conclude(kind, { subject, sentence, evidence });
}

/** "An error", "A kill" */
function an(one: string): string {
  return `${/^(?:[aeiou]|NMI)/.test(one) ? 'An' : 'A'} ${one}`;
}

function untold(events: readonly TimelineEvent[]): Finding | undefined {
  const [first, ...more] = events;
  if (first === undefined) return undefined;
  const evidence = more.map(({ what }, i) => told`${word(`untold ${i + 2}`, what, 'memory')}`);
  return conclude(untoldKind, {
    subject: { kind: 'other', name: first.kind },
    sentence: told`The kernel’s own books have what its log does not: ${word('untold', first.what, 'memory')}.`,
    evidence,
  });
}
