import type { Door } from '../../words/views.js';
import type { Meaning } from '../../report/paint.js';
import { cutTo, widthOf } from '../../report/lay-out-table.js';
import { defined } from '../../words/defined.js';

/** Text of one meaning; already escaped. */
export interface Span {
  text: string;
  meaning?: Meaning;
}

/** What Enter can open: an object of the dump, or a question such as "pid 51" that a worker answers. */
export type Target =
  | { kind: 'door'; door: Door }
  | { kind: 'question'; text: string }
  | { kind: 'plugin'; id: string }
  | { kind: 'text'; title: string; text: string };

export interface NamedTarget {
  label: string;
  target: Target;
}

/** One line of a screen. */
export interface Line {
  spans: readonly Span[];
  /** The first is what Enter opens. */
  targets?: readonly NamedTarget[];
  /** Its place among the folds of the page: Space opens and closes what hangs under the line. */
  fold?: string;
  /** Enter opens the fold, and `o` the targets. */
  foldFirst?: boolean;
  /**
   * No entry of its own, so that the cursor goes over it: it goes on what stands above, or only joins what it stands
   * between.
   */
  part?: 'goesOn' | 'joins';
  /** What a wide screen shows beside the list while the cursor is here. */
  detail?: (width: number) => readonly Line[];
  /** A verdict or the like: `f` goes from one to the next. */
  finding?: 'open' | 'closed';
}

/** Lines of one origin, made when they are shown: a table of 50,000 rows is one block. */
export interface Block {
  /** Where it stands in the page: view and part. */
  id: string;
  length: number;
  line(index: number): Line;
  /** Lower case text for search; without it the line's spans are asked. */
  text?(index: number): string;
  /** Column titles that stay in sight while the block scrolls. */
  pinned?: readonly Line[];
  /** Titles and notes: the cursor goes over them to what can be opened. */
  passive?: true;
  /** It moves sideways by itself, by columns. */
  ownShift?: true;
  /** Its lines are there already, and may be one entry's. */
  wraps?: true;
  /** The view that a key for sorting or exporting is about. */
  view?: string;
  /** Whether the kernel says there what a log is read for: `e` goes from one such line to the next. */
  isEvent?(index: number): boolean;
  /** The line that a page which begins with this block opens at, with what came before in sight above it. */
  opensAt?: number;
}

export function fixedBlock(id: string, lines: readonly Line[], view?: string): Block {
  return {
    id,
    length: lines.length,
    wraps: true,
    line: (index) => lines[index]!,
    ...defined({ view }),
  };
}

/** The same block, which the cursor goes over. */
export function passive(block: Block): Block {
  return { ...block, passive: true };
}

export function plainLine(text: string, meaning?: Meaning): Line {
  return { spans: [span(text, meaning)] };
}

/** Wrapped text as one entry: the cursor stops at its first line. */
export function entryLines(lines: readonly Line[]): Line[] {
  return lines.map((line, at) => (at === 0 ? line : { ...line, part: 'goesOn' }));
}

export function span(text: string, meaning?: Meaning): Span {
  return meaning === undefined ? { text } : { text, meaning };
}

export function lineText(line: Line): string {
  return line.spans.map(({ text }) => text).join('');
}

/** The spans within `width` columns, the last one cut with an ellipsis where they are wider. */
export function cutSpans(spans: readonly Span[], width: number): Span[] {
  const kept: Span[] = [];
  let left = width;
  for (const [index, one] of spans.entries()) {
    const wide = widthOf(one.text);
    const more = spans.slice(index + 1).some(({ text }) => text !== '');
    if (wide < left || (wide === left && !more)) {
      kept.push(one);
      left -= wide;
      continue;
    }
    if (left > 0) kept.push({ ...one, text: cutTo(wide === left ? `${one.text} ` : one.text, left) });
    break;
  }
  return kept;
}

/** The spans without their first `columns` columns: a screen moved to the right. */
export function shiftSpans(spans: readonly Span[], columns: number): Span[] {
  if (columns === 0) return [...spans];
  const kept: Span[] = [];
  let skip = columns;
  for (const one of spans) {
    const wide = widthOf(one.text);
    if (wide <= skip) {
      skip -= wide;
      continue;
    }
    kept.push(skip === 0 ? one : { ...one, text: dropColumns(one.text, skip) });
    skip = 0;
  }
  return kept;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

const graphemes = new Intl.Segmenter();

function dropColumns(text: string, columns: number): string {
  if (text.length === widthOf(text)) return text.slice(columns);
  let dropped = 0;
  let from = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (dropped >= columns) break;
    dropped += widthOf(segment);
    from = index + segment.length;
  }
  // Half of a wide character is a space.
  return ' '.repeat(Math.max(0, dropped - columns)) + text.slice(from);
}
