import { isGap } from '../../plugin/make-views.js';
import type { Cell, Column, Sorting } from '../../words/views.js';
import type { TableIndex } from './table-index.js';

/**
 * Which rows a table shows, in which order: all words of the filter occur in the row. Equal ones keep the plugin's
 * order; what has no value, or could not be read, comes last either way.
 */
export function chooseRows(
  index: TableIndex,
  columns: readonly Column[],
  filter: string,
  sorting: Sorting | undefined,
): Uint32Array {
  const chosen = rowsWith(filterWords(filter), index);
  const column = columns.find(({ key }) => key === sorting?.column);
  return sorting === undefined || column === undefined ? chosen : sorted(index, chosen, column, sorting.descending);
}

function rowsWith(words: readonly string[], { rows, texts }: TableIndex): Uint32Array {
  const chosen = new Uint32Array(rows.length);
  if (words.length === 0) return chosen.map((_, row) => row);
  let count = 0;
  for (let row = 0; row < chosen.length; row++)
    if (words.every((word) => texts[row]!.includes(word))) chosen[count++] = row;
  return chosen.subarray(0, count);
}

/** Which nodes of a tree show: with a filter those that match and all above them; without, those in open folds. */
export function chooseNodes(
  index: TableIndex,
  filter: string,
  isOpen: (path: string, depth: number) => boolean,
): Uint32Array {
  const words = filterWords(filter);
  const { places } = index;
  const chosen: number[] = [];
  if (words.length === 0) {
    for (let at = 0; at < places.length; at++) {
      chosen.push(at);
      const { path, depth, below } = places[at]!;
      if (below > 0 && !isOpen(path, depth)) at += below;
    }
    return Uint32Array.from(chosen);
  }
  const above: number[] = [];
  let shownTo = 0;
  for (const [at, { depth }] of places.entries()) {
    above.length = depth;
    shownTo = Math.min(shownTo, depth);
    if (words.every((word) => index.texts[at]!.includes(word))) {
      for (; shownTo < depth; shownTo++) chosen.push(above[shownTo]!);
      chosen.push(at);
      shownTo = depth + 1;
    }
    above.push(at);
  }
  return Uint32Array.from(chosen);
}

/** Whether a text has all words of the filter; without one every text has. */
export function matcher(filter: string): (text: string) => boolean {
  const words = filterWords(filter);
  return (text) => words.length === 0 || hasAll(text.toLowerCase(), words);
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

export function filterWords(filter: string): string[] {
  return filter
    .toLowerCase()
    .split(' ')
    .filter((word) => word !== '');
}

function sorted(index: TableIndex, chosen: Uint32Array, { key }: Column, descending: boolean): Uint32Array {
  const sign = descending ? -1 : 1;
  const keys = sortKeys(index, key).map((value) => (Number.isNaN(value) ? Infinity : sign * value));
  // Two without a value differ by NaN, which is as good as 0 here.
  return chosen.toSorted((a, b) => keys[a]! - keys[b]! || a - b);
}

const keysKnown = new WeakMap<TableIndex, Map<string, Float64Array>>();

/**
 * A number for each row to sort a column by, NaN where it has no value; made once, since texts take long to compare.
 */
function sortKeys(index: TableIndex, key: string): Float64Array {
  const known = keysKnown.get(index) ?? new Map<string, Float64Array>();
  keysKnown.set(index, known);
  let keys = known.get(key);
  if (keys === undefined) {
    const cells = index.rows.map((row) => row.cells[key] ?? null);
    keys = cells.some(isText) ? ranksOfTexts(cells.map(textOf)) : Float64Array.from(cells, numberOf);
    known.set(key, keys);
  }
  return keys;
}

function ranksOfTexts(texts: readonly string[]): Float64Array {
  const ranks = new Map<string, number>();
  for (const text of [...new Set(texts)].toSorted()) ranks.set(text, text === '' ? NaN : ranks.size);
  return Float64Array.from(texts, (text) => ranks.get(text)!);
}

function isText(cell: Cell): boolean {
  return typeof cell === 'string' || (typeof cell === 'object' && cell !== null && !isGap(cell));
}

/** An address past 2^53 too: a double is near enough to sort by. */
function numberOf(cell: Cell): number {
  return typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean' ? Number(cell) : NaN;
}

function textOf(cell: Cell): string {
  if (cell === null || isGap(cell)) return '';
  return (typeof cell === 'object' ? cell.join('|') : String(cell)).toLowerCase();
}
