import { logLines } from '../oom/parse/prefix.js';
import type { OomReport } from '../oom/model.js';
import { defined } from '../words/defined.js';
import { endOfPiece } from './find-form.js';
import { stampOf } from './oom-events.js';
import { TimelineBuilder, type Timeline } from './timeline.js';

/** Longer lines are cut: no event's is. */
const longestLine = 16 * 1024;
/** Lines at the start in which the first stamp is looked for. */
const firstLines = 16;

/** A text as dmesg, syslog, the journal or a mail have it, in pieces of any size. */
export class TextTimeline {
  readonly #builder = new TimelineBuilder();
  #rest = '';
  /** Lines that were read or passed by. */
  #number = 0;
  #last = '';

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
    for (const { time } of logLines(this.#last, this.#number)) this.#builder.passed(stampOf(time));
    return this.#builder.end(reports);
  }

  /** Whole lines: those that may matter are read, the others only counted. */
  #lines(text: string, end: number): void {
    for (let at = 0; at < end;) {
      let start = at;
      if (this.#number >= firstLines && !this.#builder.isHungry) {
        const found = endOfPiece(text, at, end);
        start = found < 0 ? end : text.lastIndexOf('\n', found - 1) + 1;
        this.#number += newlines(text, at, start);
        if (found < 0) break;
      }
      const newline = text.indexOf('\n', start);
      this.#line(text.slice(start, Math.min(newline, start + longestLine)));
      at = newline + 1;
    }
    const last = text.lastIndexOf('\n', end - 2) + 1;
    if (end - last > 1) this.#last = text.slice(last, Math.min(end - 1, last + longestLine));
  }

  #line(raw: string): void {
    this.#number++;
    for (const { text, time, caller, foreign } of logLines(raw, this.#number))
      this.#builder.take({ text, isForeign: foreign, number: this.#number, ...stampOf(time), ...defined({ caller }) });
  }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
