import { defined } from '../words/defined.js';
import { eventNames, type EventName } from './event-names.js';
import type { TimelineEvent } from './event.js';
import { withoutNumbers, type EventKind } from './event-kind.js';
import { isCutHere, isEndOfReport } from '../words/report-marks.js';
import { beginsIn, mayMatter, overIn, type Begun } from './find-form.js';
import { diedNote, isFurniture, readReportLine, type ReportFacts } from './report-lines.js';

/** A line of a log, less what stands before the text. */
export interface TimelineLine {
  readonly text: string;
  /** From 1. */
  readonly number?: number;
  readonly timeNs?: number;
  readonly clock?: string;
  /** "T123" or "C0", as the kernel prints it. */
  readonly caller?: string;
  /** A program's. */
  readonly isForeign: boolean;
  /** It goes on with the message before: no event begins in it. */
  readonly continues?: true;
}

/** Its event while lines may still add to it. */
type Draft = { -readonly [K in keyof TimelineEvent]: TimelineEvent[K] };

interface OpenReport {
  readonly draft: Draft;
  readonly kind: EventKind;
  readonly caller: string | undefined;
  readonly facts: ReportFacts;
  /** Lines that it took or passed by. */
  lines: number;
  /** The stamp of its last line. */
  lastNs: number | undefined;
  /** WARN() until 4.14: what it says follows its head. */
  readonly saysBehind: boolean;
  /** Its last line was there: a note on the task's end may follow. */
  hasEnded?: true;
}

/** A report of the kernel's is not longer, traces and registers of all CPUs aside. */
const longestReport = 160;
/** Of a death's first lines; the one with its number is among them. */
const linesToNumber = 12;
/** Its lines follow at once; what comes later is another's. */
const longestPause = 5e9;
/** Reports being printed at the same time. */
const mostOpen = 16;
/** Events that are kept; a log of more is no longer read for what its events are. */
const mostEvents = 50_000;
/** From "cut here" to the line that says what it is. */
const linesToHead = 4;

/** Lines to events, in their order; any text is taken, in time and room by its length. */
export class EventReader {
  readonly #events: Draft[] = [];
  #open: OpenReport[] = [];
  #cut:
    | { line: number | undefined; caller: string | undefined; lines: number; message?: string; event?: Draft }
    | undefined;
  #boot = 0;
  #seen = 0;
  #dropped = 0;

  /** Events that there was no more room for. */
  get dropped(): number {
    return this.#dropped;
  }

  get events(): readonly TimelineEvent[] {
    return this.#events;
  }

  /** Whether any line may belong to what is being read, be it none that begins an event. */
  get isHungry(): boolean {
    return this.#open.length > 0 || this.#cut !== undefined;
  }

  take(line: TimelineLine): void {
    this.#seen++;
    const { text, isForeign } = line;
    if (isForeign) {
      const begun = mayMatter(text) ? beginsIn(text, true) : undefined;
      if (begun !== undefined) this.#add(begun, line);
      return;
    }
    this.#age(line);
    const own = this.#reportOf(line);
    if (line.continues !== true) {
      if (isCutHere(text)) {
        this.#cut = { line: line.number, caller: line.caller, lines: 0 };
        return;
      }
      if (mayMatter(text) && this.#begin(line, own)) return;
    }
    this.#message(line, own);
    if (own !== undefined) this.#body(own, line);
  }

  #age({ timeNs }: TimelineLine): void {
    if (this.#cut !== undefined && this.#cut.lines++ >= linesToHead) this.#cut = undefined;
    const isOld = ({ lines, lastNs }: OpenReport): boolean =>
      lines >= longestReport || (timeNs !== undefined && lastNs !== undefined && timeNs - lastNs > longestPause);
    if (this.#open.some(isOld)) this.#open = this.#open.filter((report) => !isOld(report));
    for (const report of this.#open) report.lines++;
  }

  /** The report that a line belongs to: its caller's where the log tells callers, else the last. */
  #reportOf({ caller }: TimelineLine): OpenReport | undefined {
    if (caller === undefined) return this.#open.at(-1);
    return this.#open.findLast((report) => report.caller === caller || report.caller === undefined);
  }

  /** Whether the line begins an event, or is of one's beginning. */
  #begin(line: TimelineLine, own: OpenReport | undefined): boolean {
    const over = overIn(line.text);
    if (over !== undefined) this.#over(over.kind.name, over, line);
    const begun = over === undefined ? beginsIn(line.text, false) : undefined;
    if (begun === undefined) return over !== undefined;
    if (own !== undefined && isMessageOf(own, begun)) return false;
    if (own !== undefined && this.#takesInOfSlab(own, begun, line)) return true;
    const number = begun.kind.report === 'die' ? begun.form.said(begun.groups).number : undefined;
    if (begun.kind.report === 'die' && own !== undefined && isOfSameDeath(own, number)) {
      if (number !== undefined) own.draft.number = own.facts.number = number;
      this.#extend(own, line);
      return true;
    }
    const draft = this.#add(begun, line);
    if (draft === undefined) return true;
    if (begun.kind.report !== undefined) {
      this.#open = this.#open.filter((one) => one !== own);
      this.#afterCut(draft, line);
      const { place, comm, pid, cpu, number: count } = draft;
      const facts: ReportFacts = defined({ place, comm, pid, cpu, number: count });
      const { caller, timeNs: lastNs, text } = line;
      const saysBehind =
        draft.kind === 'warning' && /\(\)(?: \(\w[\w ]*\))?$/.test(text) && draft.message === undefined;
      this.#open.push({ draft, kind: begun.kind, caller, facts, lines: 0, lastNs, saysBehind });
      if (this.#open.length > mostOpen) this.#open.shift();
    } else if (this.#cut !== undefined && this.#cut.caller === line.caller) {
      this.#cut.message ??= line.text;
      this.#cut.event ??= draft;
    }
    return true;
  }

  /**
   * Whether what would begin an event is of the slab's report that is open, which takes it in. SLUB since 6.15 says
   * what was overwritten, then which cache, and prints the stack by a WARN().
   */
  #takesInOfSlab(own: OpenReport, { kind, form, groups }: Begun, line: TimelineLine): boolean {
    const { draft, facts } = own;
    if (draft.kind !== 'corruption' || own.hasEnded) return false;
    const said = form.said(groups);
    if (kind.name === 'corruption' && own.lines <= linesToHead && isOverwritten.test(draft.what)) {
      const [start] = /^slab cache \S+: /.exec(said.what) ?? [];
      if (start === undefined) return false;
      draft.what = `${start}${draft.what}`;
      draft.about = withoutNumbers(draft.what);
    } else if (kind.name === 'warning' && ofSlab.test(line.text)) {
      const { comm, pid, cpu } = said;
      Object.assign(facts, defined({ comm, pid, cpu }));
      Object.assign(draft, facts, { warned: true });
      this.#cut = undefined;
    } else return false;
    this.#extend(own, line);
    return true;
  }

  /** It was announced by "cut here", perhaps with what it is about. */
  #afterCut(draft: Draft, line: TimelineLine): void {
    const cut = this.#cut;
    if (cut === undefined || cut.caller !== line.caller || !/^(?:warning|oops|bug)$/.test(draft.kind)) return;
    this.#cut = undefined;
    if (cut.event !== undefined && this.#events.includes(cut.event))
      this.#events.splice(this.#events.indexOf(cut.event), 1);
    if (cut.line !== undefined && draft.lines !== undefined) draft.lines = { ...draft.lines, first: cut.line };
    if (cut.message !== undefined) addMessage(draft, cut.message);
  }

  /** A line of its own between "cut here" and the head, or (until 4.14) just behind it. */
  #message(line: TimelineLine, own: OpenReport | undefined): void {
    const cut = this.#cut;
    if (cut !== undefined && cut.caller === line.caller) {
      // Another CPU's report may be in the midst of its own.
      if (!isFurniture(line.text)) cut.message ??= line.text;
    } else if (
      own?.saysBehind === true &&
      own.lines <= 2 &&
      own.draft.message === undefined &&
      line.text !== '' &&
      !isFurniture(line.text)
    )
      addMessage(own.draft, line.text);
  }

  #body(own: OpenReport, line: TimelineLine): void {
    const { draft, facts } = own;
    const died = own.kind.report === 'die' ? diedNote.exec(line.text)?.groups : undefined;
    if (died !== undefined) draft.outcome = `${died['comm']} (${died['pid']}) was killed with ${died['how']}`;
    if (own.hasEnded) return;
    this.#extend(own, line);
    readReportLine(line.text, facts, own.kind.report);
    Object.assign(draft, facts);
    if (isEndOfReport(line.text)) own.hasEnded = true;
  }

  #extend(report: OpenReport, { number, timeNs }: TimelineLine): void {
    const { draft } = report;
    report.lastNs = timeNs;
    if (number !== undefined && draft.lines !== undefined) draft.lines = { ...draft.lines, last: number };
  }

  #over(name: EventName, { about, outcome }: { about: string; outcome: string }, { timeNs }: TimelineLine): void {
    // Each event is looked at once more, from the end: those that are over end the search.
    for (let i = this.#events.length - 1; i >= Math.max(0, this.#events.length - 512); i--) {
      const event = this.#events[i]!;
      if (event.kind !== name || event.about !== about || event.boot !== this.#boot) continue;
      if (event.overNs !== undefined || event.outcome !== undefined) return;
      event.outcome = outcome;
      if (timeNs !== undefined) event.overNs = timeNs;
    }
  }

  #add({ kind, form, groups }: Begun, { number, timeNs, clock, isForeign }: TimelineLine): Draft | undefined {
    if (this.#events.length >= mostEvents) {
      this.#dropped++;
      return undefined;
    }
    if (kind.name === 'boot' && this.#seen > 1) this.#boot++;
    const { what, about = withoutNumbers(what), ...said } = form.said(groups);
    const draft: Draft = {
      kind: kind.name,
      gravity: eventNames[kind.name][1],
      witness: isForeign || kind.by === 'user space' ? 'user space' : 'kernel',
      boot: this.#boot,
      what,
      about,
    };
    for (const [name, value] of Object.entries(said)) if (value !== undefined) Object.assign(draft, { [name]: value });
    if (timeNs !== undefined) draft.timeNs = timeNs;
    if (clock !== undefined) draft.clock = clock;
    if (number !== undefined) draft.lines = { first: number, last: number };
    this.#events.push(draft);
    return draft;
  }
}

/** "BUG: unable to handle …" and "Oops: 0002 [#1]" are lines of one. */
function isOfSameDeath({ kind, facts, lines, hasEnded }: OpenReport, number: number | undefined): boolean {
  if (kind.report !== 'die' || hasEnded) return false;
  return facts.number === undefined ? lines <= linesToNumber : facts.number === number;
}

const isOverwritten = /^[A-Z][\w ]+ overwritten$/;
const ofSlab = /^WARNING: .{0,40}\bmm\/slub\.c:\d/;

/** A WARN() may say what another kind of line says alone. */
function isMessageOf(own: OpenReport, { kind }: Begun): boolean {
  return own.saysBehind && own.lines <= 2 && own.draft.message === undefined && kind.report === undefined;
}

function addMessage(draft: Draft, text: string): void {
  draft.message = text.slice(0, 200).trim();
}
