import type { Kernel } from '../kernel/kernel.js';
import { kernelRecords } from '../linux/printk/kernel-records.js';
import type { LogRecord } from '../linux/printk/log-entry.js';
import { defined } from '../words/defined.js';
import type { RecordKind } from './record-kind.js';

/** A record as the log has it. */
export interface PrintedRecord {
  readonly lines: readonly string[];
  /** The oops's number, where it has one. */
  readonly number?: number;
  /** When its header was printed, in nanoseconds since boot. */
  readonly timeNs?: number;
}

interface Line {
  readonly text: string;
  readonly caller: string | undefined;
  readonly timeNs: number | undefined;
}

const PANIC = /^Kernel panic - not syncing: /;
const CUT = /^-+\[ cut here \]-+$/;
const END = /^---\[ end trace /;
const HEADER = /: [0-9a-f]{4} \[#(\d+)\]/;
const LOCKUP = /BUG: soft lockup - CPU#/;
/** What is printed before the header. */
const BEFORE =
  /^(?:BUG: |#PF: |PGD |kernel BUG at |Kernel BUG at |kernel tried to execute|unable to execute|PANIC: double fault|Thread overran|(?:IDT|LDTR|TR): )/;

/** Records of exceptions in the log, in its order. */
export function printedOopses(kernel: Kernel): readonly PrintedRecord[] {
  const lines = linesOf(kernel);
  return lines.flatMap((line) => {
    const header = HEADER.exec(line.text);
    if (header === null) return [];
    const own = ofCaller(lines, line);
    const place = own.indexOf(line);
    const stop = own.findIndex((one, i) => i > place && (END.test(one.text) || PANIC.test(one.text)));
    const end = stop < 0 ? own.length : END.test(own[stop]!.text) ? stop + 1 : stop;
    return [
      {
        lines: own.slice(start(own, place), end).map(({ text }) => text),
        number: Number(header[1]),
        ...defined({ timeNs: line.timeNs }),
      },
    ];
  });
}

/** The record of that kind that the log has last before the panic; undefined where it has none. */
export function printedRecord(kernel: Kernel, kind: RecordKind, number?: number): PrintedRecord | undefined {
  if (kind === 'exception')
    return printedOopses(kernel).findLast((one) => number === undefined || one.number === number);
  const lines = linesOf(kernel);
  const panic = lines.findIndex(({ text }) => PANIC.test(text));
  const before = panic < 0 ? lines.length : panic;
  if (kind === 'panic')
    return panic < 0 ? undefined : cut(lines, panic, /^(?:Kernel Offset: |---\[ end Kernel panic|Rebooting in )/);
  const isFirst = ({ text }: Line): boolean => (kind === 'warning' ? text.startsWith('WARNING: ') : LOCKUP.test(text));
  const at = lines.findLastIndex((line, i) => i < before && isFirst(line));
  return at < 0 ? undefined : cut(lines, at, PANIC, kind === 'warning');
}

function cut(lines: readonly Line[], at: number, end: RegExp, withCut = false): PrintedRecord {
  const line = lines[at]!;
  const own = ofCaller(lines, line);
  const place = own.indexOf(line);
  const stop = own.findIndex(({ text }, i) => i > place && end.test(text));
  const mark = withCut ? own.findLastIndex(({ text }, i) => i < place && CUT.test(text)) : -1;
  return {
    lines: own.slice(mark >= 0 ? mark : place, stop < 0 ? own.length : stop).map(({ text }) => text),
    ...defined({ timeNs: line.timeNs }),
  };
}

/** The first of the lines that lead to a header. */
function start(lines: readonly Line[], header: number): number {
  let first = header;
  while (first > 0 && BEFORE.test(lines[first - 1]!.text)) first--;
  return first > 0 && CUT.test(lines[first - 1]!.text) ? first - 1 : first;
}

/** Other CPUs print too; where the log has no callers, all count. */
function ofCaller(lines: readonly Line[], { caller }: Line): readonly Line[] {
  return caller === undefined ? lines : lines.filter((line) => line.caller === caller);
}

function linesOf(kernel: Kernel): readonly Line[] {
  return kernel.once('lines of the kernel’s own records', () => {
    const lines: Line[] = [];
    for (const record of kernelRecords(kernel)) add(lines, record);
    return lines;
  });
}

function add(lines: Line[], { text, caller, timeNs, continued }: LogRecord): void {
  const [first = '', ...more] = text.split('\n');
  const last = lines.at(-1);
  if (continued && last !== undefined && last.caller === caller)
    lines[lines.length - 1] = { ...last, text: last.text + first };
  else lines.push({ text: first, caller, timeNs });
  for (const one of more) lines.push({ text: one, caller, timeNs });
}
