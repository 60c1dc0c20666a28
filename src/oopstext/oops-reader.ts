import { defined } from '../words/defined.js';
import { faultBegun, readLine, type Draft } from './lines.js';
import type { OopsText } from './oops-text.js';

/** A line of a log without its prefix, as `logLines` of oom/parse gives it. */
export interface TextLine {
  readonly text: string;
  readonly number: number;
  readonly time?: string;
  readonly caller?: string;
  /** A program's, not the kernel's. */
  readonly foreign?: boolean;
}

/** A report is no longer; with all modules and a deep stack it has some 150 lines. */
const longestReport = 400;
/** A panic that an oops ends in comes at once, but for a stack of its own. */
const linesToPanic = 60;
/** Further ones are counted; who reads a log asks for the first. */
const mostKept = 64;

const CUT = /^-+\[ cut here \]-+$/;
const END = /^---\[ end (?:trace|Kernel panic)/;

/** What may matter to a reader that has no report open: cheap, and never wrong about a first line. */
const hint = new RegExp(
  [
    'BUG|nable to handle|protection fault|Oops|WARNING: |divide error|invalid opcode|Internal error|double fault',
    'cut here|corruption|refcount_t|Kernel panic|soft lockup',
  ].join('|'),
);

/** Reads the oopses in a log, line by line; the order of callers' lines may be mixed where the log tells callers. */
export class OopsReader {
  readonly #found: OopsText[] = [];
  #count = 0;
  #open: (Draft & { caller?: string }) | undefined;
  #ended: { draft: Draft; at: number } | undefined;
  #before: TextLine | undefined;
  #cut = false;

  /** Whether a raw line is worth taking its prefix off. */
  wants(raw: string): boolean {
    return this.#open !== undefined || this.#ended !== undefined || hint.test(raw) || this.#cut;
  }

  /** Lines that were passed over cut nothing: a reason stands right before its report. */
  take(line: TextLine): void {
    if (line.foreign === true) return;
    const { text, number } = line;
    const open = this.#open;
    if (open !== undefined && (number - open.line > longestReport || isOther(open, line))) {
      if (number - open.line > longestReport) this.#close(number);
      else return;
    }
    const begun = faultBegun(text);
    if (begun !== undefined) this.#begin(line, begun);
    else if (this.#open !== undefined) {
      readLine(this.#open, text);
      if (END.test(text)) this.#close(number);
    } else if (this.#ended !== undefined) this.#afterwards(text, number);
    this.#cut = CUT.test(text);
    if (!this.#cut) this.#before = line;
  }

  end(): { readonly oopses: readonly OopsText[]; readonly count: number } {
    this.#close(Infinity);
    this.#settle();
    return { oopses: this.#found, count: this.#count };
  }

  #begin(line: TextLine, fault: Draft['fault']): void {
    const open = this.#open;
    // "Oops: 0002 [#1]" and "invalid opcode: 0000 [#1]" belong to the line that came before.
    if (open !== undefined && open.number === undefined && !open.isTraced && isSecond(fault)) {
      if (open.fault === 'other') open.fault = fault;
      readLine(open, line.text);
      return;
    }
    if (fault === 'panic' && (this.#open !== undefined || this.#ended !== undefined))
      return this.#afterwards(line.text, line.number);
    this.#close(line.number);
    this.#settle();
    const reason = this.#reason(line);
    const draft: Draft & { caller?: string } = {
      fault,
      first: line.text,
      line: line.number,
      registers: {},
      trace: [],
      taints: {},
      isTraced: false,
      hasCode: false,
      ...defined({ time: line.time, caller: line.caller, reason }),
    };
    readLine(draft, line.text);
    this.#open = draft;
  }

  /** A check says why right before it gives up; so does a WARN() that has a text. */
  #reason({ number }: TextLine): string | undefined {
    const { text = '', number: at = -9 } = this.#before ?? {};
    return number - at <= 2 && /^(?:list_(?:add|del)|refcount_t|usercopy|kernel tried|detected buffer)/.test(text)
      ? text
      : undefined;
  }

  #close(at: number): void {
    if (this.#open === undefined) return;
    this.#settle();
    this.#ended = { draft: this.#open, at };
    this.#open = undefined;
  }

  #afterwards(text: string, number: number): void {
    const draft = this.#open ?? this.#ended?.draft;
    const at = this.#ended?.at ?? number;
    if (draft === undefined) return;
    if (text.startsWith('Kernel panic')) readLine(draft, text);
    // What follows is the panic's own stack.
    if (this.#open !== undefined && draft.panic !== undefined) this.#close(number);
    if (number - at > linesToPanic || draft.panic !== undefined) this.#settle();
  }

  #settle(): void {
    if (this.#ended === undefined) return;
    const { draft, at } = this.#ended;
    const { isTraced: _, hasCode: __, caller: ___, ...found } = draft as Draft & { caller?: string };
    this.#ended = undefined;
    this.#count++;
    if (this.#found.length < mostKept) this.#found.push({ ...found, last: at });
  }
}

function isSecond(fault: Draft['fault']): boolean {
  return (
    fault === 'other' || fault === 'invalid opcode' || fault === 'divide error' || fault === 'general protection fault'
  );
}

function isOther(open: { caller?: string }, { caller }: TextLine): boolean {
  return open.caller !== undefined && caller !== undefined && open.caller !== caller;
}
