import type { LogRecord } from '../linux/printk/log-entry.js';
import { anyStart } from '../words/any-of.js';
import { isCutHere, isEndOfReport } from '../words/report-marks.js';
import type { RecordKind } from './record-kind.js';

/** A record as the log has it. */
export interface PrintedRecord {
  readonly lines: readonly string[];
  /** The oops's number, where it has one. */
  readonly number?: number;
}

interface Line {
  text: string;
  readonly caller: string | undefined;
  /** Its caller's lines, of which it is this one: other CPUs print too. Where the log has no callers, all count. */
  readonly own: readonly Line[];
  readonly place: number;
}

/** A record has some hundred lines; where its end is lost, what follows is not of it. */
const MOST_LINES = 1000;

const PANIC = /^Kernel panic - not syncing: /;
const HEADER = /: [0-9a-f]{4} \[#(\d+)\]/;
const LOCKUP = /BUG: soft lockup - CPU#/;
/** What is printed before the header. */
const BEFORE = anyStart([
  /BUG: |#PF: |PGD |kernel BUG at |Kernel BUG at |kernel tried to execute|unable to execute/,
  /(?:traps: )?PANIC: double fault|Thread overran|(?:IDT|LDTR|TR): |(?:Oops: )?Split lock detected/,
]);

/** Records of exceptions in a log, in its order. @param log the kernel's own records */
export function printedOopses(log: readonly LogRecord[]): readonly PrintedRecord[] {
  return oopsesIn(linesOf(log));
}

function oopsesIn(lines: readonly Line[]): readonly PrintedRecord[] {
  return lines.flatMap((line) => {
    const header = HEADER.exec(line.text);
    if (header === null) return [];
    const behind = linesBehind(line);
    const stop = behind.findIndex(({ text }) => isEndOfReport(text) || PANIC.test(text));
    const end = stop >= 0 && isEndOfReport(behind[stop]!.text) ? stop + 1 : stop;
    const found = [...line.own.slice(start(line), line.place + 1), ...upTo(behind, end)];
    return [{ lines: found.map(({ text }) => text), number: Number(header[1]) }];
  });
}

/**
 * The record of that kind that a log has last before the panic, of an exception the one with that number; undefined
 * where it has none. @param log the kernel's own records
 */
export function printedRecord(log: readonly LogRecord[], kind: RecordKind, number?: number): PrintedRecord | undefined {
  const lines = linesOf(log);
  if (kind === 'exception') return oopsesIn(lines).findLast((one) => number === undefined || one.number === number);
  const panic = lines.findIndex(({ text }) => PANIC.test(text));
  if (kind === 'panic')
    return panic < 0
      ? undefined
      : cut(lines, panic, /^(?:Kernel Offset: |Shutting down cpus with NMI|---\[ end Kernel panic|Rebooting in )/);
  const isFirst = ({ text }: Line): boolean => (kind === 'warning' ? text.startsWith('WARNING: ') : LOCKUP.test(text));
  const at = lines.findLastIndex((line, i) => (panic < 0 || i < panic) && isFirst(line));
  return at < 0 ? undefined : cut(lines, at, PANIC);
}

/** From a line on, with the message that a WARN() printed before it, to the one that ends it. */
function cut(lines: readonly Line[], at: number, end: RegExp): PrintedRecord {
  const line = lines[at]!;
  const behind = linesBehind(line);
  const stop = behind.findIndex(({ text }) => end.test(text));
  const before = line.own.slice(Math.max(0, line.place - MOST_LINES), line.place);
  const mark = before.findLastIndex(({ text }) => isCutHere(text) || isEndOfReport(text));
  const isMarked = line.text.startsWith('WARNING: ') && mark >= 0 && isCutHere(before[mark]!.text);
  return { lines: [...(isMarked ? before.slice(mark) : []), line, ...upTo(behind, stop)].map(({ text }) => text) };
}

function linesBehind({ own, place }: Line): readonly Line[] {
  return own.slice(place + 1, place + MOST_LINES);
}

/** @param end -1 where none is there */
function upTo(lines: readonly Line[], end: number): readonly Line[] {
  return end < 0 ? lines : lines.slice(0, end);
}

/** The place of the first of the lines that lead to a header. */
function start({ own, place: header }: Line): number {
  let first = header;
  while (first > 0 && BEFORE.test(own[first - 1]!.text)) first--;
  return first > 0 && isCutHere(own[first - 1]!.text) ? first - 1 : first;
}

function linesOf(log: readonly LogRecord[]): readonly Line[] {
  const lines: Line[] = [];
  const ofCaller = new Map<string, Line[]>();
  const push = (text: string, caller: string | undefined): void => {
    const own = caller === undefined ? lines : (ofCaller.get(caller) ?? []);
    const line = { text, caller, own, place: own.length };
    lines.push(line);
    if (caller !== undefined) {
      own.push(line);
      ofCaller.set(caller, own);
    }
  };
  for (const { text, caller, continued } of log) {
    const [first = '', ...more] = text.split('\n');
    const last = lines.at(-1);
    if (continued && last !== undefined && last.caller === caller) last.text += first;
    else push(first, caller);
    for (const one of more) push(one, caller);
  }
  return lines;
}
