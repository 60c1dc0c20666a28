import type { OomReport } from '../model.js';
import { EventAssembler } from './assembler.js';
import { kindOf } from './grammar.js';
import { bounded, type LogLine } from './prefix.js';
import { anchorIn, linesAfter, linesBefore } from './source.js';
import { logStamp } from '../../words/log-stamp.js';
import { defined } from '../../words/defined.js';

/** One message of a kernel as its log buffer has it. */
export interface KernelRecord {
  /** May hold newlines: further lines of the message. */
  readonly text: string;
  /** Since boot. */
  readonly timeNs?: number;
  /** "T123" or "C0", as the kernel prints it. */
  readonly caller?: string;
}

/**
 * The memory reports in a kernel's own records, in the order of their first lines. Stamp and caller are the record's,
 * and nothing in its text is taken for them or for another program's line: a task may be named as it likes.
 */
export function reportsInRecords(records: Iterable<KernelRecord>): OomReport[] {
  const reports: OomReport[] = [];
  const assembler = new EventAssembler((report) => reports.push(report));
  /** The end of what was passed over, for a report whose first lines hold no anchor. */
  let before: LogLine[] = [];
  let hot = 0;
  const give = (line: LogLine): void => {
    if (assembler.take([line])) hot = linesAfter;
    else if (--hot === 0) assembler.gap();
  };
  for (const line of linesOf(records)) {
    if (hot > 0) give(line);
    else if (!anchorIn(line.text) || !assembler.wakesAtAny([line])) {
      before.push(line);
      if (before.length > 2 * linesBefore) before = before.slice(-linesBefore);
    } else {
      hot = linesBefore + linesAfter;
      for (const kept of before.slice(-linesBefore)) give(kept);
      before = [];
      give(line);
    }
  }
  assembler.gap();
  assembler.end();
  return reports;
}

/** The records' lines, numbered from 1 as `oompm log` shows them. */
export function* linesOf(records: Iterable<KernelRecord>): Generator<LogLine> {
  let number = 0;
  for (const { text, timeNs, caller } of records) {
    const time = timeNs === undefined ? {} : { time: logStamp(timeNs) };
    let isFirst = true;
    for (const part of text.split('\n')) {
      number++;
      const line = part.trim();
      // No event begins or ends within a message: what stands there came in with a name.
      if (isFirst || (kindOf(line)?.role ?? 'body') === 'body') {
        yield bounded({
          text: line,
          number,
          stamped: true,
          quoted: false,
          foreign: false,
          ...time,
          ...defined({ caller }),
        });
      }
      isFirst = false;
    }
  }
}
