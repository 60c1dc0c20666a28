/**
 * Bytes to the lines that matter. Plain lines are passed over by substring search on the raw bytes, without decoding;
 * only around a word of the OOM killer are lines decoded and given on. Memory stays bounded whatever comes in.
 */

/** A log: the whole of it, or pieces of any size that cut lines anywhere. */
export type LogSource = string | Uint8Array | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** What takes the lines. `lineIn` answers whether it is inside a report and wants the lines that follow. */
export interface LineSink {
  lineIn(text: string, number: number): boolean;
  /** Whether a line that holds an anchor is one of a report: other programs write of oom_score_adj too. */
  wakesAt(text: string): boolean;
  /** Lines were passed over: what was open has ended. */
  gap(): void;
}

/** Words that only the kernel's memory reports have, or nearly: every event holds one of them. */
const anchorWords = [
  'invoked',
  'oom-',
  'oom_',
  'ed process',
  'ill process',
  'page allocation',
  'Mem-Info',
  ': usage ',
  'ut of memory',
  'pages RAM',
  ': vmalloc ',
];
const anchors = anchorWords.map((word) => Buffer.from(word));

export function anchorIn(text: string): boolean {
  return anchorWords.some((word) => text.includes(word));
}

/**
 * A report's task table is announced by its header, but memory.stat and a trace come before any anchor of a cut report.
 */
export const linesBefore = 150;
const bytesBefore = 32 * 1024;
/** After the last line that a report took, so many more are looked at: other CPUs and daemons write in between. */
export const linesAfter = 300;
/** A line longer than this is taken in pieces. rsyslog puts a whole report into one line with #012. */
const longestLine = 4 * 1024 * 1024;
/** So much of a line tells what it is; the whole of it is read if it is one of a report. */
const longestWake = 64 * 1024;
const pieceSize = 256 * 1024;

export class LineScanner {
  readonly #sink: LineSink;
  /** The last line so far, not ended yet. */
  #rest: Buffer = Buffer.alloc(0);
  /** The end of what was passed over, for a report whose first lines hold no anchor. */
  #before: Buffer = Buffer.alloc(0);
  #number = 0;
  #hot = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  take(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at += pieceSize) this.#takePiece(piece.subarray(at, at + pieceSize));
  }

  end(): void {
    if (this.#rest.length > 0) this.#takeLines(this.#rest);
    this.#rest = Buffer.alloc(0);
    this.#sink.gap();
  }

  #takePiece(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let end = bytes.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      if (this.#rest.length < longestLine) return;
      const line = this.#rest;
      this.#rest = Buffer.alloc(0);
      this.#takeLines(line);
      return;
    }
    let from = 0;
    if (this.#rest.length > 0) {
      from = bytes.indexOf(0x0a) + 1;
      const line = Buffer.concat([this.#rest, bytes.subarray(0, from)]);
      this.#rest = Buffer.alloc(0);
      this.#takeLines(line);
    }
    end = Math.max(end, from);
    if (end > from) this.#takeLines(bytes.subarray(from, end));
    this.#rest = Buffer.from(bytes.subarray(end));
  }

  /** Whole lines. */
  #takeLines(block: Buffer): void {
    const next = anchors.map(() => -1);
    let at = 0;
    /** From here on no line was given to the sink. */
    let cold = 0;
    while (at < block.length) {
      if (this.#hot > 0) {
        at = this.#giveLine(block, at);
        cold = at;
        continue;
      }
      const anchor = nearest(block, at, next);
      if (anchor < 0) {
        this.#number += newlines(block, at, block.length);
        break;
      }
      const line = lineStart(block, anchor, at);
      const end = lineEnd(block, anchor);
      if (!this.#sink.wakesAt(block.toString('utf8', line, Math.min(end, line + longestWake)))) {
        this.#number += newlines(block, at, end);
        at = end;
        continue;
      }
      const start = startOfWindow(block, cold, anchor);
      this.#number += start < at ? -newlines(block, start, at) : newlines(block, at, start);
      at = start;
      this.#hot = linesBefore + linesAfter;
      this.#giveKept(start === cold);
    }
    if (this.#hot === 0) this.#keepBefore(block, cold);
  }

  #giveLine(block: Buffer, at: number): number {
    const found = block.indexOf(0x0a, at);
    const end = found < 0 ? block.length : found;
    this.#number++;
    if (this.#sink.lineIn(block.toString('utf8', at, end), this.#number)) this.#hot = linesAfter;
    else if (--this.#hot === 0) this.#sink.gap();
    return end + 1;
  }

  /**
   * The lines kept from before this block, if the window reaches to its start; they are not kept any longer in any
   * case.
   */
  #giveKept(wanted: boolean): void {
    const kept = this.#before;
    this.#before = Buffer.alloc(0);
    if (!wanted) return;
    this.#number -= newlines(kept, 0, kept.length);
    for (let from = 0; from < kept.length;) from = this.#giveLine(kept, from);
  }

  #keepBefore(block: Buffer, at: number): void {
    let start = block.length;
    for (let lines = 0; lines < linesBefore && start > Math.max(at, block.length - bytesBefore); lines++)
      start = lineStart(block, start - 1, at);
    const kept = block.subarray(start);
    // Few lines in this block: those from before stay, up to the bound.
    this.#before =
      kept.length >= bytesBefore / 2 || start > at
        ? Buffer.from(kept)
        : Buffer.concat([cutToLine(this.#before, bytesBefore - kept.length), kept]);
  }
}

/** Where to begin: some lines before the anchor, of those that were not given yet. */
function startOfWindow(block: Buffer, cold: number, anchor: number): number {
  const lowest = Math.max(cold, anchor - bytesBefore);
  let start = lineStart(block, anchor, cold);
  for (let lines = 0; start > lowest && lines < linesBefore; lines++) start = lineStart(block, start - 1, cold);
  return start;
}

/** The nearest anchor from `at`; `next` keeps where each was found last, so that no byte is searched twice for it. */
function nearest(block: Buffer, at: number, next: number[]): number {
  let best = -1;
  for (let i = 0; i < anchors.length; i++) {
    if (next[i]! < at) {
      const found = block.indexOf(anchors[i]!, at);
      next[i] = found < 0 ? Infinity : found;
    }
    if (next[i]! !== Infinity && (best < 0 || next[i]! < best)) best = next[i]!;
  }
  return best;
}

function lineStart(block: Buffer, within: number, lowest: number): number {
  if (within <= lowest) return lowest;
  const before = block.lastIndexOf(0x0a, within - 1);
  return before < lowest ? lowest : before + 1;
}

/** Past the newline. */
function lineEnd(block: Buffer, within: number): number {
  const found = block.indexOf(0x0a, within);
  return found < 0 ? block.length : found + 1;
}

function newlines(block: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = block.indexOf(0x0a, from); at >= 0 && at < to; at = block.indexOf(0x0a, at + 1)) lines++;
  return lines;
}

function cutToLine(kept: Buffer, limit: number): Buffer {
  if (kept.length <= limit) return kept;
  const from = kept.indexOf(0x0a, kept.length - Math.max(limit, 0)) + 1;
  return from === 0 ? Buffer.alloc(0) : kept.subarray(from);
}
