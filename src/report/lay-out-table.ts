import stringWidth from 'fast-string-width';
import type { Column, Row, TreeNode } from '../words/views.js';
import { oneLine } from './escape.js';
import { cellText, columnUnit, isNumeric, type Units } from './format-value.js';

/** A table as lines of plain text, and the columns that did not fit. */
export interface LaidOutTable {
  header: string[];
  lines: string[];
  /** Titles of columns that do not fit. */
  dropped: string[];
}

const columnGap = '  ';
/** Text columns are cut to no less than this, before a table is simply wider than the screen. */
const narrowestText = 12;
/** And a column of text is put back with no less than this, of which one can guess the rest. */
const narrowestTold = 20;

/** In a file a longer text moves what follows it in its own row: in all others there would be nothing but blanks. */
const widestPadded = 80;

/** A row and the tree's lines before its first cell. */
interface FlatRow {
  cells: Row['cells'];
  lead: string;
}

/** `width` in columns of the terminal; Infinity for a file, where nothing is left out or cut. */
export function layOutTable(
  columns: readonly Column[],
  rows: readonly FlatRow[],
  width: number,
  units: Units,
): LaidOutTable {
  const texts = columns.map((column, index) =>
    rows.map((row) => {
      const text = oneLine(cellText(row.cells[column.key] ?? null, column, units));
      return index === 0 ? row.lead + text : text;
    }),
  );
  const widths = columns.map((column, index) => {
    let widest = Math.max(widthOf(column.title), widthOf(columnUnit(column, units) ?? ''));
    for (const text of texts[index]!) {
      const needed = widthOf(text);
      if (needed > widest && (width !== Infinity || needed <= widestPadded)) widest = needed;
    }
    return widest;
  });
  const kept = fitColumns(columns, widths, width);
  const isTree = rows.some(({ lead }) => lead !== '');
  const pad = (index: number, text: string, last: boolean): string => {
    const room = widths[index]!;
    const cut = width !== Infinity && widthOf(text) > room ? cutCell(text, room) : text;
    const space = ' '.repeat(Math.max(0, room - widthOf(cut)));
    return !(isTree && index === 0) && isNumeric(columns[index]!.type) ? space + cut : last ? cut : cut + space;
  };
  const line = (textOf: (index: number) => string): string =>
    kept
      .map((index, place) => pad(index, textOf(index), place === kept.length - 1))
      .join(columnGap)
      .trimEnd();
  const header = [line((index) => oneLine(columns[index]!.title))];
  if (kept.some((index) => columnUnit(columns[index]!, units) !== undefined))
    header.push(line((index) => columnUnit(columns[index]!, units) ?? ''));
  return {
    header,
    lines: rows.map((_, row) => line((index) => texts[index]![row]!)),
    dropped: columns.filter((_, index) => !kept.includes(index)).map((column) => column.title),
  };
}

/** Which columns stay; narrows `widths` of text columns where leaving out was not enough. */
export function fitColumns(columns: readonly Column[], widths: number[], width: number): number[] {
  let kept = columns.map((_, index) => index);
  const total = (): number =>
    kept.reduce((sum, index) => sum + widths[index]!, 0) + columnGap.length * (kept.length - 1);
  const dispensable = kept
    .filter((index) => columns[index]!.dispensable !== undefined)
    .toSorted((a, b) => columns[b]!.dispensable! - columns[a]!.dispensable! || b - a);
  for (const index of dispensable) {
    if (total() <= width) break;
    kept = kept.filter((other) => other !== index);
  }
  // A wide one that went may have left room for others, the most telling first; of a text its beginning tells too.
  for (const index of dispensable.toReversed()) {
    if (kept.includes(index)) continue;
    const room = width - total() - columnGap.length;
    const isText = !isNumeric(columns[index]!.type) && columns[index]!.type !== 'address';
    if (widths[index]! > room && !(isText && room >= narrowestTold)) continue;
    widths[index] = Math.min(widths[index]!, room);
    kept = [...kept, index].toSorted((a, b) => a - b);
  }
  const shrinkable = kept
    .filter((index) => !isNumeric(columns[index]!.type) && columns[index]!.type !== 'address')
    .toSorted((a, b) => widths[b]! - widths[a]!);
  for (const index of shrinkable) {
    const over = total() - width;
    if (over <= 0) break;
    // A title is no place to save room in: one can't guess the rest.
    const least = Math.max(narrowestText, Math.min(narrowestTold, widthOf(columns[index]!.title)));
    widths[index] = Math.max(Math.min(least, widths[index]!), widths[index]! - over);
  }
  return kept;
}

/** A forest as rows, depth first, each with the lines that show whose child it is. */
export function flattenTree(roots: readonly TreeNode[]): FlatRow[] {
  const flat: FlatRow[] = [];
  const stack = roots.map((node) => ({ node, lead: '', below: '' })).toReversed();
  while (stack.length > 0) {
    const { node, lead, below } = stack.pop()!;
    flat.push({ cells: node.cells, lead });
    const { children } = node;
    for (let index = children.length - 1; index >= 0; index--) {
      const last = index === children.length - 1;
      stack.push({ node: children[index]!, lead: below + (last ? '└─' : '├─'), below: below + (last ? '  ' : '│ ') });
    }
  }
  return flat;
}

/** Columns that text takes on a terminal; the fast way for what nearly all cells are. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/** Made at the first need: it loads tables of its own. */
let graphemes: Intl.Segmenter | undefined;

/** The beginning of `text` that fits, with an ellipsis. */
export function cutTo(text: string, width: number): string {
  let used = 0;
  let kept = '';
  graphemes ??= new Intl.Segmenter();
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Between words, but not between a number and its unit. */
const breaks = / (?!(?:%|[KMGTPE]iB|kB)(?!\w))/;

/** Words on lines of at most `width` columns; a longer word stands alone, and what stands in brackets together. */
export function wrap(text: string, width: number): string[] {
  if (width === Infinity) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of unbroken(text.split(breaks), width)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** Words, and as one those from an opening bracket to its closing one, where they fit on a line. */
function* unbroken(words: readonly string[], width: number): Generator<string> {
  for (let at = 0; at < words.length;) {
    const count = wordsInBrackets(words, at, width);
    yield words.slice(at, at + count).join(' ');
    at += count;
  }
}

function wordsInBrackets(words: readonly string[], from: number, width: number): number {
  let open = 0;
  let room = width + 1;
  for (let at = from; at < words.length; at++) {
    const word = words[at]!;
    for (const letter of word) open += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    room -= widthOf(word) + 1;
    if (room < 0) return 1;
    if (open <= 0) return at - from + 1;
  }
  return 1;
}

/** The text if it fits, else its first words and an ellipsis: half a number would be another number. */
export function cutAtWord(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const [first = ''] = wrap(text, width - 2);
  return widthOf(first) + 2 <= width ? `${first} …` : cutTo(first, width);
}

/** A cell's text in so much room: a sentence is cut between words where that keeps most of it, a name anywhere. */
export function cutCell(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  const atWord = cutAtWord(text, room);
  return widthOf(atWord) >= room * leastKept ? atWord : cutTo(text, room);
}

const leastKept = 0.6;
