import { logLines } from '../oom/parse/prefix.js';
import { oopsTextFindings } from './judge-oops-text.js';
import { OopsReader } from './oops-reader.js';
import type { Finding } from '../words/finding.js';

/** Longer lines are cut: a list of modules is the longest that a kernel prints. */
const longestLine = 16 * 1024;

/** A log in pieces of any size, of which the oopses are read. */
export class TextOopses {
  readonly #reader = new OopsReader();
  #rest = '';
  #number = 0;

  take(piece: string): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
    // Of a line without an end its beginning tells.
    if (this.#rest.length > 4 * longestLine) this.#rest = this.#rest.slice(0, longestLine);
  }

  findings(): readonly Finding[] {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    const { oopses, count } = this.#reader.end();
    return oopsTextFindings(oopses, count, this.#number);
  }

  #line(raw: string): void {
    this.#number++;
    if (!this.#reader.wants(raw)) return;
    for (const line of logLines(raw.slice(0, longestLine), this.#number)) this.#reader.take(line);
  }
}
