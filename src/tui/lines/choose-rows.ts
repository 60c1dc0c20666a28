import { isGap } from '../../plugin/make-views.js';
import type { Cell, Column, Sorting } from '../../plugin/views.js';
import type { TableIndex } from './table-index.js';

/**
 * Which rows a table shows, in which order: all words of the filter occur in the row. Equal ones keep the plugin's order;
 * what has no value, or could not be read, comes last either way.
 */
export function chooseRows(index: TableIndex, columns: readonly Column[], filter: string, sorting: Sorting | undefined): Uint32Array {
  const words = filterWords(filter);
  let chosen = new Uint32Array(index.rows.length);
  let count = 0;
  for (let row = 0; row < chosen.length; row++) {
    if (words.every((word) => index.texts[row]!.includes(word))) chosen[count++] = row;
  }
  chosen = chosen.subarray(0, count);
  const column = columns.find(({ key }) => key === sorting?.column);
  return sorting === undefined || column === undefined ? chosen : sorted(index, chosen, column, sorting.descending);
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

function sorted(index: TableIndex, chosen: Uint32Array, { key }: Column, descending: boolean): Uint32Array {
  const sign = descending ? -1 : 1;
  const numbers = new Float64Array(index.rows.length);
  const texts: string[] = [];
  let numeric = true;
  for (const row of chosen) {
    const value = index.rows[row]!.cells[key] ?? null;
    const number = numberOf(value);
    numbers[row] = number;
    // An address past 2^53 keeps its order among others by its text too, but a double is near enough to sort by.
    if (typeof value === 'string' || (typeof value === 'object' && value !== null && !isGap(value))) numeric = false;
  }
  if (!numeric) for (const row of chosen) texts[row] = textOf(index.rows[row]!.cells[key] ?? null);
  return chosen.toSorted((a, b) => {
    if (!numeric) {
      const [left, right] = [texts[a]!, texts[b]!];
      if (left === right) return a - b;
      if (left === '' || right === '') return left === '' ? 1 : -1;
      return sign * (left < right ? -1 : 1);
    }
    const [left, right] = [numbers[a]!, numbers[b]!];
    if (left === right) return a - b;
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) ? (Number.isNaN(right) ? a - b : 1) : -1;
    return sign * (left - right);
  });
}

function numberOf(cell: Cell): number {
  if (typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
  return NaN;
}

function textOf(cell: Cell): string {
  if (cell === null || isGap(cell)) return '';
  return (typeof cell === 'object' ? cell.join('|') : String(cell)).toLowerCase();
}
