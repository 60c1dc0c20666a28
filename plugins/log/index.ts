import { definePlugin, InputError, log, type LogLine, counted, list } from 'oompm';
import { isRemark, logRecords, type LogEntry, type LogRecord } from 'oompm/linux';

/** The words of dmesg, by level. */
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;

/** The end of a log tells of the death; a report need not repeat the boot. */
const RECORDS_IN_REPORT = 80;

export default definePlugin({
  id: 'log',
  summary: 'The kernel’s log, with what the console did not print',
  flags: {
    level: { type: 'string', char: 'l', options: LEVELS, summary: 'only messages as severe as this, or more' },
    grep: { type: 'string', char: 'g', summary: 'only messages that match this regular expression' },
    limit: { type: 'integer', char: 'n', min: 1, summary: 'only the last N messages' },
  },
  inReport: { limit: RECORDS_IN_REPORT },
  examples: ['vmcore', 'vmcore --level err', 'vmcore --grep "oom|Out of memory"', 'vmcore --limit 50'],
  *run(kernel, { level, grep, limit }) {
    const lowest = level === undefined ? LEVELS.length : LEVELS.indexOf(level);
    const pattern = grep === undefined ? undefined : patternOf(grep);
    const wanted = (entry: LogEntry): boolean =>
      isRemark(entry)
        ? pattern === undefined
        : entry.level <= lowest && (pattern === undefined || pattern.test(entry.text));
    // Not the expression itself, which may hold what is to be hidden.
    const asked = [
      ...(level === undefined ? [] : [`is as severe as ${level}`]),
      ...(pattern === undefined ? [] : ['matches --grep']),
    ];
    const lines = chosen(logRecords(kernel), wanted, list(asked));
    yield log('Kernel log', limit === undefined ? lines : lastOf(lines, limit), { id: 'log' });
  },
});

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'i');
  } catch (error) {
    throw new InputError(
      `--grep ${JSON.stringify(source)} is no regular expression: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function* chosen(entries: Iterable<LogEntry>, wanted: (entry: LogEntry) => boolean, asked: string): Generator<LogLine> {
  let messages = 0;
  let found = 0;
  for (const entry of entries) {
    if (!isRemark(entry)) messages++;
    if (!wanted(entry)) continue;
    if (!isRemark(entry)) found++;
    yield isRemark(entry) ? { text: entry.remark, remark: true } : line(entry);
  }
  if (found === 0 && messages > 0) yield { text: `none of ${counted(messages, 'message')} ${asked}`, remark: true };
}

/** A record's fields are a line's, but for what is of its place in the ring. */
function line(record: LogRecord): LogLine {
  const { continued: _, ...fields } = record;
  return fields;
}

function* lastOf(lines: Iterable<LogLine>, count: number): Generator<LogLine> {
  const kept: LogLine[] = [];
  let dropped = 0;
  for (const next of lines) {
    kept.push(next);
    // Cut down by halves: shifting one by one costs a move of all the rest.
    if (kept.length >= 2 * count) dropped += kept.splice(0, kept.length - count).length;
  }
  dropped += kept.splice(0, Math.max(kept.length - count, 0)).length;
  if (dropped > 0) yield { text: `${counted(dropped, 'earlier message')} not shown`, remark: true };
  yield* kept;
}
