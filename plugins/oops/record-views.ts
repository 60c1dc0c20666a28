import { log, type LogLine, type LogView } from 'oompm';
import {
  lineText,
  type FirstOops,
  type OopsRecord,
  type PrintedLine,
  type PrintedRecord,
  type RecordKind,
} from 'oompm/oops';

export const titles: Readonly<Record<RecordKind, string>> = {
  exception: 'The exception, as the kernel prints it',
  warning: 'The warning, as the kernel prints it',
  'soft lockup': 'The soft lockup, as the kernel prints it',
  panic: 'The panic, as the kernel prints it',
};

/** A record in its kernel's own layout; what no memory holds is a question mark, and named behind it. */
export function recordView({ kind, lines }: OopsRecord): LogView {
  return log(titles[kind], [...lines.map(kernelLine), ...remarks(lines)], { id: idOf(kind) });
}

export function idOf(kind: RecordKind): string {
  return kind.replace(' ', '-');
}

/** The kernel's own facility: its words may stand where names are hidden. */
function kernelLine(line: PrintedLine): LogLine {
  return { text: lineText(line), facility: 0 };
}

/** Where values are from that are not from where all the rest is. */
function remarks(lines: readonly PrintedLine[]): LogLine[] {
  const sources = new Map<string, Set<string>>();
  for (const part of lines.flat()) {
    if (typeof part === 'string') continue;
    const from = part.from ?? 'not in the dump';
    sources.set(from, (sources.get(from) ?? new Set()).add(part.what));
  }
  return [...sources].map(([from, what]) => ({ text: `${[...what].join(', ')}: ${from}`, remark: true as const }));
}

/** What a report has of it: the registers at the exception, with the code that ran. */
export function* registersView(records: readonly OopsRecord[]): Generator<LogView> {
  for (const { registers } of records)
    if (registers !== undefined)
      yield log('Registers at the exception', registers.map(kernelLine), { id: 'registers' });
}

/** The first oops of a machine that lived on after it: the log has it, of memory its registers alone. */
export function firstOopsView({ of, registers }: FirstOops, printed: PrintedRecord | undefined): LogView {
  const kept: LogLine[] = registers.map(kernelLine);
  const title = of === 1 ? 'An oops that the machine lived on after' : `The first of ${of} oopses`;
  if (printed === undefined)
    return log(
      title,
      [...kept, { text: 'its registers, which the kernel keeps; all else of it is gone', remark: true }],
      {
        id: 'first-oops',
      },
    );
  const known = registers.every((line) => printed.lines.some((one) => one.trim() === lineText(line).trim()));
  const remark = known
    ? 'its registers are in memory too, and the same; all else is from the log alone'
    : 'from the log alone: the registers that the kernel keeps of the first oops are others';
  return log(title, [...printed.lines.map((text) => ({ text, facility: 0 })), { text: remark, remark: true }], {
    id: 'first-oops',
  });
}
