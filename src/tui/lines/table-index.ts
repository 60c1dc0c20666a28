import type { Column, Row, TreeNode } from '../../words/views.js';
import { inTable, quantity, unitOf, type Units } from '../../report/format-value.js';
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
 * What a table or tree needs to be scrolled, sorted and filtered without delay: made as rows arrive, a batch at a time,
 * so that no key waits for it.
 */
export interface TableIndex {
  readonly rows: readonly Row[];
  /** Of trees, beside each row. */
  readonly places: readonly Place[];
  /** The row's cells as they can be shown, in lower case: what a filter looks into. */
  readonly texts: readonly string[];
  /** The widest text of each column, with sizes as people read them, and with exact ones. */
  readonly widths: Readonly<Record<CellStyle, readonly number[]>>;
  /** Whether a column has a value in any row. */
  readonly filled: readonly boolean[];
}

/** Sizes in KiB, MiB and GiB, or exact, in the unit that the kernel counts in. */
export type CellStyle = 'sized' | 'exact';

const sizes: ReadonlySet<Column['type']> = new Set(['bytes', 'kB', 'pages']);

export function isSize({ type, exact }: Column): boolean {
  return !exact && sizes.has(type);
}

/** What stands under a column's title: a size says its own unit in each row. */
export function unitUnder(column: Column, style: CellStyle): string {
  return style === 'sized' && isSize(column) ? '' : (unitOf(column.type) ?? '');
}

/** No column is wider on a screen: a 64 kB text would push all others out. */
const widestCell = 400;

export function emptyIndex(columns: readonly Column[]): TableIndex {
  const titles = (style: CellStyle): number[] =>
    columns.map((column) => Math.max(widthOf(shownText(column.title)), widthOf(unitUnder(column, style))));
  return {
    rows: [],
    places: [],
    texts: [],
    widths: { sized: titles('sized'), exact: titles('exact') },
    filled: columns.map(() => false),
  };
}

/** The index with further rows; the old one stays as it is. */
export function withRows(
  index: TableIndex,
  columns: readonly Column[],
  rows: readonly Row[],
  units: Units,
): TableIndex {
  const { texts, widths, filled } = measured(index, columns, rows, [], units);
  return { rows: [...index.rows, ...rows], places: index.places, texts: [...index.texts, ...texts], widths, filled };
}

/** The index with further trees, depth first. */
export function withRoots(
  index: TableIndex,
  columns: readonly Column[],
  roots: readonly TreeNode[],
  units: Units,
): TableIndex {
  const rows: TreeNode[] = [];
  const places: Place[] = [];
  const before = index.places.reduce((count, { depth }) => count + (depth === 0 ? 1 : 0), 0);
  const open: { node: TreeNode; place: Omit<Place, 'below' | 'children'>; under: string }[] = roots
    .map((node, at) => ({ node, place: { path: String(before + at), depth: 0, lead: '' }, under: '' }))
    .toReversed();
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
  const { texts, widths, filled } = measured(index, columns, rows, counted, units);
  return {
    rows: [...index.rows, ...rows],
    places: [...index.places, ...counted],
    texts: [...index.texts, ...texts],
    widths,
    filled,
  };
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

function measured(
  index: TableIndex,
  columns: readonly Column[],
  rows: readonly Row[],
  places: readonly Place[],
  units: Units,
): Pick<TableIndex, 'texts' | 'widths' | 'filled'> {
  const sized = [...index.widths.sized];
  const exact = [...index.widths.exact];
  const filled = [...index.filled];
  const texts = rows.map((row, at) => {
    let text = '';
    for (const [place, column] of columns.entries()) {
      const cell = cellText(row, column, 'exact', units);
      const lead = place === 0 && places.length > 0 ? widthOf(places[at]!.lead) + foldMarkWidth : 0;
      exact[place] = Math.max(exact[place]!, Math.min(widestCell, lead + widthOf(cell)));
      if (!filled[place] && (row.cells[column.key] ?? null) !== null) filled[place] = true;
      text += place === 0 ? cell : `\t${cell}`;
      if (!isSize(column)) {
        sized[place] = Math.max(sized[place]!, exact[place]);
        continue;
      }
      const size = cellText(row, column, 'sized', units);
      sized[place] = Math.max(sized[place]!, lead + widthOf(size));
      text += `\t${size}`;
    }
    return text.toLowerCase();
  });
  return { texts, widths: { sized, exact }, filled };
}

export function cellText(row: Row, column: Column, style: CellStyle, units: Units): string {
  const cell = row.cells[column.key] ?? null;
  if (style === 'sized' && isSize(column) && (typeof cell === 'number' || typeof cell === 'bigint'))
    return Number(cell) === 0 ? '0' : quantity(Number(cell), column.type, units);
  return shownText(inTable(cell, column.type));
}
