import { isGap } from '../../plugin/make-views.js';
import type { Cell, Column, Sorting } from '../../plugin/views.js';
import type { TableIndex } from './table-index.js';

/**
 * Which rows a table shows, in which order: all words of the filter occur in the row. Equal ones keep the plugin's order;
 * what has no value, or could not be read, comes last either way.
 */
export function chooseRows(index: TableIndex, columns: readonly Column[], filter: string, sorting: Sorting | undefined): Uint32Array {
  const chosen = rowsWith(filterWords(filter), index);
  const column = columns.find(({ key }) => key === sorting?.column);
  return sorting === undefined || column === undefined ? chosen : sorted(index, chosen, column, sorting.descending);
}

function rowsWith(words: readonly string[], { rows, texts }: TableIndex): Uint32Array {
  const chosen = new Uint32Array(rows.length);
  if (words.length === 0) return chosen.map((_, row) => row);
  let count = 0;
  for (let row = 0; row < chosen.length; row++) if (words.every((word) => texts[row]!.includes(word))) chosen[count++] = row;
  return chosen.subarray(0, count);
}

/** Which nodes of a tree show: with a filter those that match and all above them; without, those in open folds. */
export function chooseNodes(index: TableIndex, filter: string, isOpen: (path: string, depth: number) => boolean): Uint32Array {
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

export function filterWords(filter: string): string[] {
  return filter.toLowerCase().split(' ').filter((word) => word !== '');
}

/** By counting: a comparison for each pair of rows takes longer than a key may. */
function sorted(index: TableIndex, chosen: Uint32Array, { key }: Column, descending: boolean): Uint32Array {
  const { ofRow, values } = ranksIn(index, key);
  const place = (row: number): number => {
    const rank = ofRow[row]!;
    return descending && rank < values ? values - 1 - rank : rank;
  };
  const next = new Uint32Array(values + 2);
  for (const row of chosen) next[place(row) + 1]!++;
  for (let at = 1; at < next.length; at++) next[at]! += next[at - 1]!;
  const rows = new Uint32Array(chosen.length);
  for (const row of chosen) rows[next[place(row)]!++] = row;
  return rows;
}

/** Where each row's value stands among the column's, the least first; one without a value has the rank behind all. */
interface Ranks { ofRow: Uint32Array; values: number }

const ranksKnown = new WeakMap<TableIndex, Map<string, Ranks>>();

/** Made once for each column that is sorted by. */
function ranksIn(index: TableIndex, key: string): Ranks {
  const known = ranksKnown.get(index) ?? new Map<string, Ranks>();
  ranksKnown.set(index, known);
  let ranks = known.get(key);
  if (ranks === undefined) {
    const cells = index.rows.map((row) => row.cells[key] ?? null);
    ranks = cells.some(isText) ? ranksOfTexts(cells) : ranksOfNumbers(cells);
    known.set(key, ranks);
  }
  return ranks;
}

// With plain loops: `from` and `map` with a function take as long as all the rest.

function ranksOfTexts(cells: readonly Cell[]): Ranks {
  const texts = cells.map(textOf);
  const ranks = new Map<string, number>();
  for (const text of texts) ranks.set(text, 0);
  ranks.delete('');
  const values = ranks.size;
  for (const [rank, text] of [...ranks.keys()].toSorted().entries()) ranks.set(text, rank);
  const ofRow = new Uint32Array(texts.length);
  for (let row = 0; row < texts.length; row++) ofRow[row] = ranks.get(texts[row]!) ?? values;
  return { ofRow, values };
}

function ranksOfNumbers(cells: readonly Cell[]): Ranks {
  const numbers = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) numbers[row] = numberOf(cells[row]!);
  // A typed array sorts itself without calling back; those that are none come last.
  const ordered = numbers.toSorted();
  let values = ordered.length;
  while (values > 0 && Number.isNaN(ordered[values - 1]!)) values--;
  const ofRow = new Uint32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) ofRow[row] = Number.isNaN(numbers[row]!) ? values : countLess(ordered, values, numbers[row]!);
  return { ofRow, values };
}

/** How many of the first `count` are less, by halves. */
function countLess(ordered: Float64Array, count: number, number: number): number {
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ordered[middle]! < number) from = middle + 1;
    else to = middle;
  }
  return from;
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
