import { logLines } from '../oom/parse/prefix.js';
import type { OomReport } from '../oom/model.js';
import { defined } from '../words/defined.js';
import { stampOf } from './oom-events.js';
import { TimelineBuilder, type Timeline } from './timeline.js';

/** Longer lines are cut: no event's is. */
const longestLine = 16 * 1024;

/** A text as dmesg, syslog, the journal or a mail have it, in pieces of any size. */
export class TextTimeline {
  readonly #builder = new TimelineBuilder();
  #rest = '';
  #number = 0;
  #passed = '';

  take(piece: string): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
    // Of a line without an end its beginning tells; the rest of it is no line of its own.
    if (this.#rest.length > 4 * longestLine) this.#rest = this.#rest.slice(0, longestLine);
  }

  end(reports: readonly OomReport[]): Timeline {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    for (const { time } of logLines(this.#passed, this.#number)) this.#builder.passed(stampOf(time));
    return this.#builder.end(reports);
  }

  #line(raw: string): void {
    this.#number++;
    const line = raw.length > longestLine ? raw.slice(0, longestLine) : raw;
    if (!this.#builder.wants(line)) {
      if (line !== '') this.#passed = line;
      return;
    }
    this.#passed = '';
    for (const { text, time, caller, foreign } of logLines(line, this.#number))
      this.#builder.take({ text, isForeign: foreign, number: this.#number, ...stampOf(time), ...defined({ caller }) });
  }
}
