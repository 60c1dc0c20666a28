import type { OomReport } from '../model.js';
import { newDraft } from '../parse/draft.js';
import { readInSection } from '../parse/grammar.js';
import { LineJoiner } from '../parse/joiner.js';
import { logLines } from '../parse/prefix.js';

/** What dump_stack() prints, and what is no line of the report itself. */
const aside = new Set(['cpu', 'hardware', 'trace', 'registers', 'cpuset', 'sysrq', 'version', 'vmalloc failure', 'panic', 'reaper']);

/** The lines of one report as the kernel printed them, without prefixes, trace and registers; to be held against a rebuilt one. */
export function printedReport(text: string, report: OomReport): string[] {
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
  text.split('\n').slice(first - 1, last).forEach((raw, i) => {
    for (const line of logLines(raw, first + i)) joiner.add(line);
  });
  joiner.flush();
  return printed;
}
