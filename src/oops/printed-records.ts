import type { LogRecord } from '../linux/printk/log-entry.js';
import { isCutHere, isEndOfReport } from '../words/report-marks.js';
import type { RecordKind } from './record-kind.js';

/** A record as the log has it. */
export interface PrintedRecord {
  readonly lines: readonly string[];
  /** The oops's number, where it has one. */
  readonly number?: number;
}

interface Line {
  readonly text: string;
  readonly caller: string | undefined;
}

const PANIC = /^Kernel panic - not syncing: /;
const HEADER = /: [0-9a-f]{4} \[#(\d+)\]/;
const LOCKUP = /BUG: soft lockup - CPU#/;
/** What is printed before the header. */
const BEFORE =
  /^(?:BUG: |#PF: |PGD |kernel BUG at |Kernel BUG at |kernel tried to execute|unable to execute|PANIC: double fault|Thread overran|(?:IDT|LDTR|TR): )/;

/** Records of exceptions in a log, in its order. @param log the kernel's own records */
export function printedOopses(log: readonly LogRecord[]): readonly PrintedRecord[] {
  return oopsesIn(linesOf(log));
}

function oopsesIn(lines: readonly Line[]): readonly PrintedRecord[] {
  return lines.flatMap((line) => {
    const header = HEADER.exec(line.text);
    if (header === null) return [];
    const own = ofCaller(lines, line);
    const place = own.indexOf(line);
    const stop = own.findIndex((one, i) => i > place && (isEndOfReport(one.text) || PANIC.test(one.text)));
    const end = stop >= 0 && isEndOfReport(own[stop]!.text) ? stop + 1 : stop;
    return [{ lines: textsOf(own, start(own, place), end), number: Number(header[1]) }];
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
    return panic < 0 ? undefined : cut(lines, panic, /^(?:Kernel Offset: |---\[ end Kernel panic|Rebooting in )/);
  const isFirst = ({ text }: Line): boolean => (kind === 'warning' ? text.startsWith('WARNING: ') : LOCKUP.test(text));
  const at = lines.findLastIndex((line, i) => (panic < 0 || i < panic) && isFirst(line));
  return at < 0 ? undefined : cut(lines, at, PANIC);
}

/** From a line on, with the message that a WARN() printed before it, to the one that ends it. */
function cut(lines: readonly Line[], at: number, end: RegExp): PrintedRecord {
  const line = lines[at]!;
  const own = ofCaller(lines, line);
  const place = own.indexOf(line);
  const stop = own.findIndex(({ text }, i) => i > place && end.test(text));
  const mark = own.findLastIndex(({ text }, i) => i < place && (isCutHere(text) || isEndOfReport(text)));
  const isMarked = line.text.startsWith('WARNING: ') && mark >= 0 && isCutHere(own[mark]!.text);
  return { lines: textsOf(own, isMarked ? mark : place, stop) };
}

/** @param end -1 for the end of the log */
function textsOf(lines: readonly Line[], first: number, end: number): string[] {
  return lines.slice(first, end < 0 ? undefined : end).map(({ text }) => text);
}

/** The first of the lines that lead to a header. */
function start(lines: readonly Line[], header: number): number {
  let first = header;
  while (first > 0 && BEFORE.test(lines[first - 1]!.text)) first--;
  return first > 0 && isCutHere(lines[first - 1]!.text) ? first - 1 : first;
}

/** Other CPUs print too; where the log has no callers, all count. */
function ofCaller(lines: readonly Line[], { caller }: Line): readonly Line[] {
  return caller === undefined ? lines : lines.filter((line) => line.caller === caller);
}

function linesOf(log: readonly LogRecord[]): readonly Line[] {
  const lines: Line[] = [];
  for (const record of log) add(lines, record);
  return lines;
}

function add(lines: Line[], { text, caller, continued }: LogRecord): void {
  const [first = '', ...more] = text.split('\n');
  const last = lines.at(-1);
  if (continued && last !== undefined && last.caller === caller)
    lines[lines.length - 1] = { ...last, text: last.text + first };
  else lines.push({ text: first, caller });
  for (const one of more) lines.push({ text: one, caller });
}
