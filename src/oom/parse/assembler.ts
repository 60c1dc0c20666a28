import type { OomReport } from '../model.js';
import { newDraft, bounds, type Draft } from './draft.js';
import { kindOf, readInSection } from './grammar.js';
import { LineJoiner } from './joiner.js';
import type { LineKind } from './line-kind.js';
import { logLines, type LogLine } from './prefix.js';
import { reportOf } from './report.js';
import type { LineSink } from './source.js';
import { defined } from '../../words/defined.js';

/**
 * Lines to events: opens one at a trigger, or where a report's middle or tail stands without; joins kills and the
 * reaper.
 */

/** Finished events that a reaper line may still come to. */
const mostWaiting = 64;
/** Reports being printed at the same time, told apart by the caller that the kernel prints. */
const mostOpen = 32;
/** A report that got no line for so long has ended. */
const longestSilence = 400;
/** The panic follows the report at once. */
const linesToPanic = 40;
/** A reaper line for a process whose kill line is not there is told with the event it stands behind. */
const linesToReaper = 200;

/** Lines that alone are no event: they are kept for the report that may follow. */
const context = new Set([
  'cpu',
  'hardware',
  'trace',
  'registers',
  'cpuset',
  'lowmem_reserve',
  'task',
  'memcg protection',
  'pagecache',
  'swap cache',
  'swap cache stats',
  'mem-info counters',
  'slab list refused',
  'slab row',
]);
/** Lines that come before the state; after it they are another's. */
const atTheHead = new Set(['cpu', 'hardware', 'trace', 'registers', 'cpuset']);

export class EventAssembler implements LineSink {
  readonly #emit: (report: OomReport) => void;
  readonly #joiner = new LineJoiner((line, kind) => {
    if (this.#take(line, kind)) this.#took = true;
  });
  #open: Draft[] = [];
  #waiting: Draft[] = [];
  #loose: Draft | undefined;
  #took = false;
  #hints: { failure?: string; byHand: boolean; line: number } = { byHand: false, line: 0 };
  #release: string | undefined;

  constructor(emit: (report: OomReport) => void) {
    this.#emit = emit;
  }

  lineIn(text: string, number: number): boolean {
    return this.take(logLines(text, number));
  }

  wakesAt(text: string): boolean {
    return this.wakesAtAny(logLines(text, 0));
  }

  /** Whether it is inside a report and wants the lines that follow. */
  take(lines: readonly LogLine[]): boolean {
    this.#took = false;
    for (const line of lines) this.#joiner.add(line);
    return this.#took;
  }

  wakesAtAny(lines: readonly LogLine[]): boolean {
    return lines.some((line) => {
      const kind = line.foreign ? undefined : kindOf(line.text);
      return kind !== undefined && !atTheHead.has(kind.name);
    });
  }

  gap(): void {
    this.#joiner.flush();
    for (const draft of this.#open) this.#close(draft);
    this.#loose = undefined;
  }

  end(): void {
    this.gap();
    for (const draft of this.#waiting) this.#give(draft);
    this.#waiting = [];
  }

  /** Whether the line belongs to a report. */
  #take(line: LogLine, kind: LineKind | undefined): boolean {
    for (const draft of this.#open) if (line.number - draft.lastLine > longestSilence) this.#close(draft);
    if (kind === undefined) {
      const draft = this.#draftFor(line) ?? this.#loose;
      return draft !== undefined && readInSection(line.text, draft) && touched(draft, line);
    }
    switch (kind.role) {
      case 'hint':
        return this.#hint(line, kind);
      case 'trigger':
        return this.#trigger(line, kind);
      case 'body':
        return this.#body(line, kind);
      case 'kill':
        return this.#kill(line, kind);
      default:
        return this.#reaper(line, kind);
    }
  }

  #hint(line: LogLine, kind: LineKind): boolean {
    const read = newDraft(line.number);
    kind.read(line.text, read, line);
    if (read.release !== undefined) this.#release = read.release;
    if (read.failure !== undefined || read.byHand)
      this.#hints = {
        ...defined({ failure: read.failure }),
        byHand: read.byHand,
        line: line.number,
      };
    return read.failure !== undefined || read.byHand;
  }

  #trigger(line: LogLine, kind: LineKind): boolean {
    const before = this.#draftFor(line);
    // The author of a mail may have quoted the line twice.
    if (before?.triggerText === line.text && before.time === line.time && before.lastLine === before.firstLine)
      return touched(before, line);
    if (before !== undefined) this.#close(before);
    const draft = this.#begin(line);
    kind.read(line.text, draft, line);
    if (line.number - this.#hints.line < 64) {
      if (this.#hints.failure !== undefined && draft.trigger === 'allocation-failure')
        draft.failure = this.#hints.failure;
      if (draft.trigger === 'oom') draft.byHand = this.#hints.byHand;
    }
    this.#hints = { byHand: false, line: 0 };
    this.#loose = undefined;
    return true;
  }

  #body(line: LogLine, kind: LineKind): boolean {
    let draft = this.#draftFor(line);
    const head = atTheHead.has(kind.name);
    if (draft !== undefined && (head ? hasState(draft) : startsAnew(draft, kind, line.text))) draft = undefined;
    if (draft !== undefined) {
      kind.read(line.text, draft, line);
      // A trace may go on for ever; the frames of another's oops don't keep the report open.
      return head && kind.name === 'trace' && draft.trace.length >= bounds.trace ? false : touched(draft, line);
    }
    if (context.has(kind.name)) {
      if (this.#loose === undefined || kind.name === 'cpu' || line.number - this.#loose.lastLine > longestSilence)
        this.#loose = newDraft(line.number);
      kind.read(line.text, this.#loose, line);
      this.#release = this.#loose.release ?? this.#release;
      touched(this.#loose, line);
      return kind.name === 'task' || kind.name === 'mem-info counters';
    }
    const headless = this.#beginHeadless(line);
    kind.read(line.text, headless, line);
    return true;
  }

  #kill(line: LogLine, kind: LineKind): boolean {
    const read = newDraft(line.number);
    kind.read(line.text, read, line);
    const pid = read.kills[0]?.pid;
    if (kind.name === 'kill' && pid === undefined) return false;
    if (kind.name === 'selection' && read.selected === undefined) return false;
    let draft = this.#draftFor(line) ?? this.#open.at(-1);
    if (draft !== undefined && !admits(draft, kind, pid)) draft = undefined;
    draft ??=
      pid === undefined
        ? undefined
        : this.#waiting.findLast(
            (one) =>
              one.selected?.pid === pid && one.kills.length === 0 && line.number - one.lastLine < 10 * longestSilence,
          );
    if (kind.name === 'panic') draft ??= this.#waiting.findLast((one) => line.number - one.lastLine < linesToPanic);
    draft ??= this.#beginHeadless(line);
    kind.read(line.text, draft, line);
    touched(draft, line);
    if (line.text.startsWith('Kernel panic') && this.#open.includes(draft)) this.#close(draft);
    return true;
  }

  #reaper(line: LogLine, kind: LineKind): boolean {
    const read = newDraft(line.number);
    kind.read(line.text, read, line);
    const pid = read.reaped[0]?.pid;
    if (pid === undefined) return false;
    const of = [...this.#waiting, ...this.#open].findLast(
      (draft) => draft.kills.some((kill) => kill.pid === pid) || draft.selected?.pid === pid,
    );
    const near = [...this.#waiting, ...this.#open].findLast(
      (draft) => draft.trigger !== 'allocation-failure' && line.number - draft.lastLine < linesToReaper,
    );
    const draft = of ?? near ?? this.#beginHeadless(line);
    kind.read(line.text, draft, line);
    if (this.#open.includes(draft)) touched(draft, line);
    return true;
  }

  /** The report that a line belongs to: by its caller if the log tells callers, else the one being printed. */
  #draftFor(line: LogLine): Draft | undefined {
    if (line.caller === undefined) return this.#open.at(-1);
    return (
      this.#open.findLast((draft) => draft.caller === line.caller) ??
      this.#open.findLast((draft) => draft.caller === undefined)
    );
  }

  #begin(line: LogLine): Draft {
    const draft = newDraft(line.number);
    if (line.caller !== undefined) draft.caller = line.caller;
    if (line.host !== undefined) draft.host = line.host;
    this.#open.push(draft);
    if (this.#open.length > mostOpen) this.#close(this.#open[0]!);
    return draft;
  }

  /** A report whose beginning is not in the text; what stood just before it is its own. */
  #beginHeadless(line: LogLine): Draft {
    const before = this.#draftFor(line);
    if (before !== undefined) this.#close(before);
    const draft = this.#begin(line);
    const loose = this.#loose;
    this.#loose = undefined;
    if (
      loose === undefined ||
      line.number - loose.lastLine > 64 ||
      (loose.caller !== undefined && loose.caller !== line.caller)
    )
      return draft;
    const { lastLine: _, caller: __, ...context } = loose;
    Object.assign(draft, context);
    return draft;
  }

  #close(draft: Draft): void {
    this.#open = this.#open.filter((one) => one !== draft);
    this.#waiting.push(draft);
    this.#waiting.sort((a, b) => a.firstLine - b.firstLine);
    while (this.#waiting.length > mostWaiting) this.#give(this.#waiting.shift()!);
  }

  #give(draft: Draft): void {
    // A tail names no kernel; any trace in the same log does.
    if (draft.release === undefined && this.#release !== undefined) draft.release = this.#release;
    this.#emit(reportOf(draft));
  }
}

function touched(draft: Draft, line: LogLine): true {
  draft.lastLine = Math.max(draft.lastLine, line.number);
  return true;
}

function hasState(draft: Draft): boolean {
  return draft.sawMemInfo || draft.tasks !== undefined || draft.memcgCounters.length > 0 || hasEnded(draft);
}

function hasEnded(draft: Draft): boolean {
  return (
    draft.kills.length > 0 ||
    draft.constraint !== undefined ||
    draft.selected !== undefined ||
    draft.panic !== undefined ||
    draft.reaped.length > 0
  );
}

/** A part that the report has already had: another report began, and its opening line is not there. */
function startsAnew(draft: Draft, kind: LineKind, text: string): boolean {
  if (hasEnded(draft)) return true;
  if (kind.name === 'Mem-Info') return draft.totals !== undefined || draft.zones.length > 0;
  if (kind.name === 'memcg counter') return draft.memcgCounters.some((counter) => text.startsWith(`${counter.name}: `));
  if (kind.name === 'tasks') return text.startsWith('[') && draft.tasks !== undefined && draft.tasks.length > 0;
  return false;
}

function admits(draft: Draft, kind: LineKind, pid: number | undefined): boolean {
  if (kind.name === 'panic') return draft.panic === undefined || !draft.panicked;
  if (draft.panicked) return false;
  switch (kind.name) {
    case 'constraint':
      return (
        draft.constraint === undefined &&
        draft.kills.length === 0 &&
        draft.reaped.length === 0 &&
        draft.trigger !== 'allocation-failure'
      );
    case 'selection':
      return draft.kills.length === 0 && draft.reaped.length === 0 && draft.trigger !== 'allocation-failure';
    case 'kill':
      if (draft.trigger === 'allocation-failure') return false;
      return (
        (draft.kills.length === 0 && draft.reaped.length === 0) ||
        draft.groupKill !== undefined ||
        draft.kills.some((kill) => kill.pid === pid)
      );
    default:
      return draft.trigger !== 'allocation-failure';
  }
}
