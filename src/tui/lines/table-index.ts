import type { Column, Row, TreeNode } from '../../plugin/views.js';
import { inTable, unitOf } from '../../report/format-value.js';
import { widthOf } from '../../report/lay-out-table.js';
import { shownText } from './shown-text.js';

/** Where a node stands in its tree. */
export interface Place {
  /** Indices from the root on: '0/3/1'. */
  path: string;
  depth: number;
  /** The lines before its first cell. */
  lead: string;
  children: number;
  /** Rows below it, all of them: what a closed fold skips. */
  below: number;
}

/**
 * What a table or tree needs to be scrolled, sorted and filtered without delay: made as rows arrive, a batch at a time, so
 * that no key waits for it.
 */
export interface TableIndex {
  readonly rows: readonly Row[];
  /** Of trees, beside each row. */
  readonly places: readonly Place[];
  /** The row's cells as they are shown, in lower case: what a filter looks into. */
  readonly texts: readonly string[];
  /** The widest text of each column. */
  readonly widths: readonly number[];
}

/** No column is wider on a screen: a 64 kB text would push all others out. */
const widestCell = 400;

export function emptyIndex(columns: readonly Column[]): TableIndex {
  return { rows: [], places: [], texts: [], widths: columns.map((column) => Math.max(widthOf(shownText(column.title)), widthOf(unitOf(column.type) ?? ''))) };
}

/** The index with further rows; the old one stays as it is. */
export function withRows(index: TableIndex, columns: readonly Column[], rows: readonly Row[]): TableIndex {
  const { texts, widths } = measured(index, columns, rows, []);
  return { rows: [...index.rows, ...rows], places: index.places, texts: [...index.texts, ...texts], widths };
}

/** The index with further trees, depth first. */
export function withRoots(index: TableIndex, columns: readonly Column[], roots: readonly TreeNode[]): TableIndex {
  const rows: TreeNode[] = [];
  const places: Place[] = [];
  const before = index.places.reduce((count, { depth }) => count + (depth === 0 ? 1 : 0), 0);
  const open: { node: TreeNode; place: Omit<Place, 'below' | 'children'>; under: string }[] =
    roots.map((node, at) => ({ node, place: { path: String(before + at), depth: 0, lead: '' }, under: '' })).toReversed();
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, place, under } = next;
    rows.push(node);
    places.push({ ...place, children: node.children.length, below: 0 });
    for (let at = node.children.length - 1; at >= 0; at--) {
      const last = at === node.children.length - 1;
      open.push({
        node: node.children[at]!,
        place: { path: `${place.path}/${at}`, depth: place.depth + 1, lead: under + (last ? '└─' : '├─') },
        under: under + (last ? '  ' : '│ '),
      });
    }
  }
  const counted = countBelow(places);
  const { texts, widths } = measured(index, columns, rows, counted);
  return { rows: [...index.rows, ...rows], places: [...index.places, ...counted], texts: [...index.texts, ...texts], widths };
}

/** The mark before a node's first cell: ▾ open, ▸ closed, nothing for a leaf. */
export const foldMarkWidth = 2;

function countBelow(places: readonly Place[]): Place[] {
  const below = places.map(() => 0);
  const parents: number[] = [];
  for (const [at, { depth }] of places.entries()) {
    parents.length = depth;
    for (const parent of parents) below[parent]!++;
    parents.push(at);
  }
  return places.map((place, at) => ({ ...place, below: below[at]! }));
}

function measured(index: TableIndex, columns: readonly Column[], rows: readonly Row[], places: readonly Place[]): { texts: string[]; widths: number[] } {
  const widths = [...index.widths];
  const texts = rows.map((row, at) => {
    let text = '';
    for (const [place, column] of columns.entries()) {
      const cell = cellText(row, column);
      const lead = place === 0 && places.length > 0 ? widthOf(places[at]!.lead) + foldMarkWidth : 0;
      const wide = Math.min(widestCell, lead + widthOf(cell));
      if (wide > widths[place]!) widths[place] = wide;
      text += place === 0 ? cell : `\t${cell}`;
    }
    return text.toLowerCase();
  });
  return { texts, widths };
}

export function cellText(row: Row, column: Column): string {
  return shownText(inTable(row.cells[column.key] ?? null, column.type));
}
