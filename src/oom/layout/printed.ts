import type { OomReport } from '../model.js';
import { newDraft } from '../parse/draft.js';
import { readInSection } from '../parse/grammar.js';
import { LineJoiner } from '../parse/joiner.js';
import { logLines } from '../parse/prefix.js';
import { linesOf, type KernelRecord } from '../parse/records.js';

/** What dump_stack() prints, and what is no line of the report itself. */
const aside = new Set([
  'cpu',
  'hardware',
  'trace',
  'registers',
  'cpuset',
  'sysrq',
  'version',
  'vmalloc failure',
  'panic',
  'reaper',
]);

/**
 * The lines of one report as the kernel printed them, without prefixes, trace and registers; to be held against a
 * rebuilt one.
 */
export function printedReport(log: string | Iterable<KernelRecord>, report: OomReport): string[] {
  const { first, last } = report.lines ?? { first: 1, last: 0 };
  const printed: string[] = [];
  const draft = newDraft(first);
  let caller: string | undefined;
  const joiner = new LineJoiner((line, kind) => {
    if (kind?.role === 'trigger') caller = line.caller;
    if (line.caller !== caller && caller !== undefined && line.caller !== undefined) return;
    if (kind === undefined ? !readInSection(line.text, draft) : aside.has(kind.name)) return;
    kind?.read(line.text, draft, line);
    printed.push(line.text);
  });
  const lines =
    typeof log === 'string'
      ? log.split('\n').flatMap((raw, i) => (i + 1 < first || i >= last ? [] : logLines(raw, i + 1)))
      : linesOf(log);
  for (const line of lines) if (line.number >= first && line.number <= last) joiner.add(line);
  joiner.flush();
  return printed;
}
