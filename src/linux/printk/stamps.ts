import { isRemark, type LogEntry, type LogRecord } from './log-entry.js';

/** A stamp that lies so far from those of both its neighbours, which agree, is damage. */
const FAR_NS = 86_400e9;
/** No clock has counted longer: a century. */
const LONGEST_NS = 36_525 * 86_400e9;

/**
 * The same entries; a record whose stamp can't be right has none, and `tell` is told. A stamp of long before or long
 * after both its neighbours can't, nor the last one's where it is long after the one before it and the kernel's clock.
 * @param clockNs the kernel's clock at its last tick, where that is known
 */
export function* withPlausibleStamps(
  entries: Iterable<LogEntry>,
  clockNs: () => number | undefined,
  tell: (reason: string) => void,
): Generator<LogEntry> {
  let before: number | undefined;
  // A record, and the remarks behind it, wait for the next record.
  let waiting: { readonly record: LogRecord; readonly remarks: LogEntry[] } | undefined;
  const judged = function* (after: number | undefined): Generator<LogEntry> {
    if (waiting === undefined) return;
    const { record, remarks } = waiting;
    const wrong = record.timeNs !== undefined && isWrong(record.timeNs, before, after);
    if (wrong)
      tell(`the stamp of the record ${shown(record)} is ${Math.round(record.timeNs / 1e9)} s, out of all order`);
    else before = record.timeNs ?? before;
    const { timeNs: _, ...without } = record;
    yield wrong ? without : record;
    yield* remarks;
  };
  for (const entry of entries) {
    if (isRemark(entry)) {
      if (waiting === undefined) yield entry;
      else waiting.remarks.push(entry);
      continue;
    }
    yield* judged(entry.timeNs ?? before);
    waiting = { record: entry, remarks: [] };
  }
  const clock = waiting?.record.timeNs === undefined ? undefined : clockNs();
  yield* judged(clock !== undefined && before !== undefined && clock < before ? before : clock);
}

function isWrong(time: number, before: number | undefined, after: number | undefined): boolean {
  if (time > LONGEST_NS) return true;
  if (after === undefined || after > LONGEST_NS) return false;
  if (before === undefined) return false;
  const agree = before <= after + FAR_NS;
  return agree && (time > after + FAR_NS || time < before - FAR_NS);
}

const LONGEST_SHOWN = 40;

function shown({ text }: LogRecord): string {
  return JSON.stringify(text.slice(0, LONGEST_SHOWN));
}
