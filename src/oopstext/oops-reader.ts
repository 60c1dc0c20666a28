import type { LineTaker } from '../timeline/text-timeline.js';
import type { TimelineLine } from '../timeline/event-reader.js';
import { defined } from '../words/defined.js';
import { logStamp } from '../words/log-stamp.js';
import { isCutHere, isEndOfReport } from '../words/report-marks.js';
import { begunIn, type Begun } from './first-line.js';
import { readLine, type Draft } from './lines.js';
import { isOops, type OopsText } from './oops-text.js';

/** A report is no longer; with all modules and a deep stack it has some 150 lines. */
const longestReport = 400;
/** A panic that an oops ends in comes at once, but for a stack of its own. */
const linesToPanic = 60;
/** Of those that a panic came of, and of those that the machine survived; further ones are counted. */
const mostKept = 64;

/** What checks say that then give up, by how it begins. */
const checked = /^(?:list_(?:add|del)|usercopy: |kernel tried|detected buffer)/;

type Open = Draft & { readonly caller?: string; readonly isDeath: boolean };

/** What a log has of oopses, warnings, soft lockups and panics. */
export interface LoggedOopses {
  /** Less the warnings and stuck CPUs that no panic came of. */
  readonly oopses: readonly OopsText[];
  /** Of all, those too that are not kept. */
  readonly count: number;
}

/** Reads the oopses in a log, by the lines that its timeline reads. */
export class OopsReader implements LineTaker {
  readonly #found: OopsText[] = [];
  #count = 0;
  #open: Open | undefined;
  #ended: { readonly draft: Open; readonly at: number } | undefined;
  /** The last two lines. */
  #before: readonly TimelineLine[] = [];

  get isHungry(): boolean {
    return this.#open !== undefined || this.#ended !== undefined || isCutHere(this.#before.at(-1)?.text ?? '');
  }

  take(line: TimelineLine): void {
    const { text, number = 0, timeNs, clock, caller, isForeign } = line;
    if (isForeign) return;
    if (this.#open !== undefined && number - this.#open.line > longestReport) this.#close(number);
    // Where the log tells callers, another's lines stand between those of a report.
    if (this.#open?.caller !== undefined && caller !== undefined && this.#open.caller !== caller) return;
    const begun = begunIn(text);
    if (begun !== undefined)
      this.#begin(begun, {
        text,
        number,
        ...defined({ stamp: timeNs === undefined ? clock : logStamp(timeNs), caller }),
      });
    else if (this.#open !== undefined) {
      readLine(this.#open, text);
      if (isEndOfReport(text)) this.#close(number);
    } else if (this.#ended !== undefined && number - this.#ended.at > linesToPanic) this.#settle();
    this.#before = [...this.#before.slice(-1), line];
  }

  end(): LoggedOopses {
    this.#close(Infinity);
    this.#settle();
    return { oopses: this.#found, count: this.#count };
  }

  #begin(
    { fault, isDeath, said }: Begun,
    line: { readonly text: string; readonly number: number; readonly stamp?: string; readonly caller?: string },
  ): void {
    const { text, number, stamp, caller } = line;
    const open = this.#open;
    // "Oops: 0002 [#1]" and "invalid opcode: 0000 [#1]" belong to the line that came before.
    if (isDeath && open?.isDeath === true && open.number === undefined && !open.isTraced) {
      if (open.fault === 'other') open.fault = fault;
      return readLine(open, text);
    }
    const dead = this.#open ?? this.#ended?.draft;
    if (fault === 'panic' && dead !== undefined) {
      readLine(dead, text);
      // What follows is the panic's own stack.
      this.#close(number);
      return this.#settle();
    }
    this.#close(number);
    this.#settle();
    const { place, comm, pid, cpu } = said;
    const draft: Open = {
      fault,
      isDeath,
      first: text,
      line: number,
      registers: {},
      trace: [],
      taints: {},
      isTraced: false,
      hasCode: false,
      ...defined({ place, comm, pid, cpu, stamp, caller, reason: this.#reason(number) }),
    };
    readLine(draft, text);
    this.#open = draft;
  }

  /** What stands between "cut here" and the head; before that mark, what a check says. */
  #reason(number: number): string | undefined {
    const [first, last] = this.#before.length === 2 ? this.#before : [undefined, this.#before[0]];
    if (last?.number !== number - 1 || first?.number !== number - 2) return undefined;
    if (isCutHere(last.text)) return checked.test(first.text) ? first.text : undefined;
    return isCutHere(first.text) ? last.text : undefined;
  }

  #close(at: number): void {
    if (this.#open === undefined) return;
    this.#settle();
    this.#ended = { draft: this.#open, at };
    this.#open = undefined;
  }

  #settle(): void {
    if (this.#ended === undefined) return;
    const { isTraced: _, hasCode: __, caller: ___, isDeath: ____, ...found } = this.#ended.draft;
    this.#count++;
    const isFatal = found.panic !== undefined;
    const alike = this.#found.filter(({ panic }) => (panic !== undefined) === isFatal);
    if ((isFatal || isOops(found)) && alike.length < mostKept) this.#found.push({ ...found, last: this.#ended.at });
    this.#ended = undefined;
  }
}
