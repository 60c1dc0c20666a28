import { logLines } from '../oom/parse/prefix.js';
import type { OomReport } from '../oom/model.js';
import { defined } from '../words/defined.js';
import { endOfPiece, mayMatter } from './find-form.js';
import { stampOf } from './oom-events.js';
import type { TimelineLine } from './event-reader.js';
import { TimelineBuilder, type Timeline } from './timeline.js';
import { goesOnWith, isBroken, isHead, type Waiting } from './wrapped-lines.js';

/** Longer lines are cut: no event's is. */
const longestLine = 16 * 1024;
/** Lines at the start in which the first stamp is looked for. */
const firstLines = 16;

/** What reads the same lines for itself. */
export interface LineTaker {
  /** Whether it wants any line that comes, be it none that begins an event. */
  readonly isHungry: boolean;
  take(line: TimelineLine): void;
}

/** A text as dmesg, syslog, the journal or a mail have it, in pieces of any size. */
export class TextTimeline {
  readonly #builder = new TimelineBuilder();
  #rest = '';
  /** Lines that were read or passed by. */
  #number = 0;
  #last = '';
  /** A line that the next may go on with. */
  #waiting: Waiting | undefined;
  #isQuotedPrintable = false;
  readonly #beside: LineTaker | undefined;

  /** @param beside has each line that is read */
  constructor(beside?: LineTaker) {
    this.#beside = beside;
  }

  /** Lines of the text so far. */
  get lines(): number {
    return this.#number;
  }

  take(piece: string): void {
    const text = this.#rest + piece;
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) this.#lines(text, end);
    // Of a line without an end its beginning tells; the rest of it is no line of its own.
    this.#rest = text.length - end > 4 * longestLine ? text.slice(end, end + longestLine) : text.slice(end);
  }

  end(reports: readonly OomReport[]): Timeline {
    if (this.#rest !== '') this.#lines(`${this.#rest}\n`, this.#rest.length + 1);
    this.#rest = '';
    this.#flush();
    for (const { time } of logLines(this.#last, this.#number)) this.#builder.passed(stampOf(time));
    return this.#builder.end(reports);
  }

  /** Whole lines: those that may matter are read, the others only counted. */
  #lines(text: string, end: number): void {
    for (let at = 0; at < end;) {
      let start = at;
      if (this.#number >= firstLines && this.#waiting === undefined && !this.#isHungry) {
        const found = endOfPiece(text, at, end);
        const own = found < 0 ? end : text.lastIndexOf('\n', found - 1) + 1;
        // The line before may say why the kernel gives up.
        const before = found < 0 || own <= at ? own : text.lastIndexOf('\n', own - 2) + 1;
        this.#number += newlines(text, at, before);
        if (found < 0) break;
        start = before < own ? this.#lineAt(text, before) : own;
      }
      at = this.#lineAt(text, start);
    }
    const last = text.lastIndexOf('\n', end - 2) + 1;
    if (end - last > 1) this.#last = text.slice(last, Math.min(end - 1, last + longestLine));
  }

  /** Reads the line that begins there. Where the next one does. */
  #lineAt(text: string, start: number): number {
    const newline = text.indexOf('\n', start);
    const raw = text.slice(start, Math.min(newline, start + longestLine));
    this.#number++;
    for (const line of logLines(raw, this.#number)) {
      const whole = this.#waiting && goesOnWith(this.#waiting, line, raw);
      if (whole === undefined) this.#flush();
      else this.#isQuotedPrintable ||= isBroken(this.#waiting!.raw);
      this.#waiting = { line: whole ?? line, raw };
    }
    if (!this.#isNews(this.#waiting)) this.#flush();
    return newline + 1;
  }

  /** Whether its rest would matter. */
  #isNews(waiting: Waiting | undefined): boolean {
    return (
      waiting !== undefined &&
      !waiting.line.foreign &&
      (this.#isHungry || mayMatter(waiting.line.text) || isHead(waiting.line.text))
    );
  }

  get #isHungry(): boolean {
    return this.#builder.isHungry || this.#beside?.isHungry === true;
  }

  #flush(): void {
    if (this.#waiting === undefined) return;
    const { text: raw, time, caller, foreign: isForeign, number } = this.#waiting.line;
    this.#waiting = undefined;
    const text = this.#isQuotedPrintable ? raw.replaceAll('=3D', '=') : raw;
    const line = { text, isForeign, number, ...stampOf(time), ...defined({ caller }) };
    this.#builder.take(line);
    this.#beside?.take(line);
  }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
