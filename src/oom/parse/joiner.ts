import type { Draft } from './draft.js';
import { kindOf } from './grammar.js';
import { usual, type LineKind } from './line-kind.js';
import { rowIsWhole } from './lines/tasks.js';
import type { LogLine } from './prefix.js';

/**
 * Puts broken lines together again: mails and terminals wrap them, other CPUs' output cuts them. It knows by the kind
 * of line whether one is whole, and by the look of the next whether it goes on with it.
 */

/** A line in more pieces than this was not broken by a mail or a terminal. */
const mostPieces = 16;
/** Lines of others between two pieces of one line. */
const mostBetween = 16;
const longestJoined = 16 * 1024;

/** Lines that the kernel prints in pieces (pr_cont): pieces with stamps of their own can belong to them. */
const inPieces = new Set(['trigger', 'allocation failure', 'constraint', 'free list', 'kill']);

interface Pending {
  line: LogLine;
  kind: LineKind;
  pieces: number;
  between: number;
}

export class LineJoiner {
  readonly #give: (line: LogLine, kind: LineKind | undefined) => void;
  #pending: Pending | undefined;
  /** A stamp with nothing after it: the text stands on the next line. */
  #stampAlone: LogLine | undefined;
  #columns: Draft['columns'];
  #inForeign = false;
  /**
   * A terminal broke a value in its middle: it may have broken a task's name too, which nothing tells from a whole one.
   */
  #breaksWords = false;

  constructor(give: (line: LogLine, kind: LineKind | undefined) => void) {
    this.#give = give;
  }

  add(taken: LogLine): void {
    // What a wrapped line of another program goes on with is that program's too, even if it quotes the kernel.
    if (taken.stamped) this.#inForeign = taken.foreign;
    if (taken.foreign || this.#inForeign) return;
    // What is written between quoted lines is the answer to the mail.
    if (
      this.#pending?.line.quoted === true &&
      !taken.quoted &&
      !taken.stamped &&
      this.#pending.kind.continues?.test(taken.text) !== true &&
      this.#pending.between++ < mostBetween * 4
    )
      return;
    if (taken.text === '') {
      this.#stampAlone = taken.stamped ? taken : undefined;
      // An empty line ends a paragraph of a mail, and a line of the log with it.
      if (!taken.stamped) this.flush();
      return;
    }
    const line =
      this.#stampAlone !== undefined && !taken.stamped
        ? { ...this.#stampAlone, text: taken.text, number: taken.number }
        : taken;
    this.#stampAlone = undefined;
    const kind = kindOf(line.text);
    const pending = this.#pending;
    if (pending !== undefined) {
      if (this.#goesOn(pending, line, kind)) {
        const whole = pending.kind.name === 'task' && rowIsWhole(pending.line.text, this.#columns);
        const text = whole ? pending.line.text + line.text : joined(pending.line.text, line.text, pending.kind);
        if (
          text.length === pending.line.text.length + line.text.length &&
          /\w$/.test(pending.line.text) &&
          /^\w/.test(line.text)
        )
          this.#breaksWords = true;
        pending.line = { ...pending.line, text };
        pending.kind = kindOf(text) ?? pending.kind;
        pending.pieces++;
        return;
      }
      if (kind === undefined && line.stamped && inPieces.has(pending.kind.name) && pending.between++ < mostBetween) {
        this.#give(line, undefined);
        return;
      }
      this.flush();
    }
    if (kind !== undefined && this.#isOpen(kind, line.text)) this.#pending = { line, kind, pieces: 1, between: 0 };
    else this.#pass(line, kind);
  }

  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#pass(pending.line, pending.kind);
  }

  #pass(line: LogLine, kind: LineKind | undefined): void {
    if (kind?.name === 'tasks' && line.text.startsWith('['))
      this.#columns = line.text
        .replace(/^\[\s*pid\s*\]/, '')
        .trim()
        .split(/\s+/);
    this.#give(
      kind !== undefined && kind.long !== true && line.text.length > usual
        ? { ...line, text: line.text.slice(0, usual) }
        : line,
      kind,
    );
  }

  #isOpen(kind: LineKind, text: string): boolean {
    if (kind.name === 'task') return this.#breaksWords || !rowIsWhole(text, this.#columns);
    return kind.open?.(text) ?? false;
  }

  #goesOn(pending: Pending, line: LogLine, kind: LineKind | undefined): boolean {
    if (pending.pieces >= mostPieces || pending.line.text.length + line.text.length > longestJoined) return false;
    if (
      !this.#isOpen(pending.kind, pending.line.text) ||
      !(line.stamped ? pending.kind.continues : (pending.kind.continuesBare ?? pending.kind.continues))?.test(line.text)
    )
      return false;
    if (
      kind !== undefined &&
      kind.name !== 'cpuset' &&
      !(kind === pending.kind && kind.name === 'kill' && pending.line.text.endsWith(':'))
    )
      return false;
    if (!line.stamped)
      return (
        pending.kind.name !== 'task' || !rowIsWhole(pending.line.text, this.#columns) || /^\S{1,15}$/.test(line.text)
      );
    // A piece with its own stamp: of the same CPU or task, if the log tells, and not just any word.
    return inPieces.has(pending.kind.name) && pending.kind.solid !== true && pending.line.caller === line.caller;
  }
}

function joined(text: string, next: string, kind: LineKind): string {
  if (kind.solid || text.endsWith('|') || text.endsWith('(') || /^[,|)]/.test(next)) return text + next;
  if (kind.token !== undefined) {
    const last = text.slice(text.lastIndexOf(' ') + 1);
    const first = /^\S+/.exec(next)![0];
    // "DMA" and "free:4kB" are two; "inac" and "tive_anon:4kB" are one: no word in small letters stands alone among
    // values.
    if (kind.token.test(last + first) && !kind.token.test(last) && (!kind.token.test(first) || /^[a-z_]+$/.test(last)))
      return text + next;
  }
  return `${text} ${next}`;
}
