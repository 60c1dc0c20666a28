import { isGap } from '../../plugin/make-views.js';
import type { Column, Row } from '../../plugin/views.js';
import { isNumeric, unitOf } from '../../report/format-value.js';
import { cutTo, fitColumns, widthOf } from '../../report/lay-out-table.js';
import type { Meaning } from '../../report/paint.js';
import { chooseNodes, chooseRows, type Sorting } from './choose-rows.js';
import { plainLine, span, type Block, type Line, type Span } from './line.js';
import { cellText, type TableIndex } from './table-index.js';
import { rowTargets } from './targets.js';
import { isOpen, openDepthOf, type Room, type ShownView } from './view-state.js';
import { shownText } from './shown-text.js';

const columnGap = '  ';

/** A table or tree as one block: its rows are chosen once for a filter and an order, and laid out when they are seen. */
export function tableBlock(shown: ShownView, room: Room): Block {
  const { view, index, key } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined) throw new Error(`${view.kind} is no table`);
  const sorting = room.look.sortings[key];
  const rows = chosen(shown, index, view.columns, room, sorting);
  const { kept, widths } = columnsShown(view.columns, index.widths, room, sorting);
  if (rows.length === 0) {
    const none = index.rows.length === 0 ? 'none' : `none of ${index.rows.length} rows matches`;
    return { id: key, view: key, length: 1, line: () => plainLine(none, 'quiet'), pinned: [] };
  }
  return {
    id: key,
    view: key,
    length: rows.length,
    ownShift: true,
    pinned: header(view.columns, kept, widths, sorting),
    text: (at) => index.texts[rows[at]!]!,
    line(at) {
      const row = rows[at]!;
      const place = index.places[row];
      const fold = place === undefined || place.children === 0 ? undefined : `${key}:${place.path}`;
      const open = place !== undefined && (room.look.filter !== '' || (fold !== undefined && isOpen(room.look, fold, place.depth < openDepthOf(view))));
      const lead = place === undefined ? '' : `${place.lead}${fold === undefined ? '' : open ? '▾ ' : '▸ '}`;
      return rowLine(index.rows[row]!, view.columns, kept, widths, lead, fold);
    },
  };
}

/** How many rows there are behind a filter: "12 of 50,000". */
export function rowsShown(shown: ShownView, room: Room): { shown: number; all: number } | undefined {
  const { view, index } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined) return undefined;
  return { shown: chosen(shown, index, view.columns, room, room.look.sortings[shown.key]).length, all: index.rows.length };
}

/** Columns that can be sorted by: those in sight. */
export function sortableColumns({ view, index, key }: ShownView, room: Room): readonly Column[] {
  if (view.kind !== 'table' || index === undefined) return [];
  return columnsShown(view.columns, index.widths, room, room.look.sortings[key]).kept.map((at) => view.columns[at]!);
}

const lastChoice = new WeakMap<TableIndex, { key: string; folds: unknown; rows: Uint32Array }>();

function chosen({ view, key }: ShownView, index: TableIndex, columns: readonly Column[], { look }: Room, sorting: Sorting | undefined): Uint32Array {
  const openDepth = openDepthOf(view);
  const question = JSON.stringify([look.filter, sorting ?? null, look.all ?? null]);
  const known = lastChoice.get(index);
  if (known?.key === question && known.folds === look.folds) return known.rows;
  const rows = view.kind === 'tree'
    ? chooseNodes(index, look.filter, (path, depth) => isOpen(look, `${key}:${path}`, depth < openDepth))
    : chooseRows(index, columns, look.filter, sorting);
  lastChoice.set(index, { key: question, folds: look.folds, rows });
  return rows;
}

/** The first column stays; the others move out to the left as the page is shifted to the right. */
function columnsShown(columns: readonly Column[], natural: readonly number[], { width, look }: Room, sorting: Sorting | undefined): { kept: number[]; widths: number[] } {
  // The column that is sorted by has a mark beside its title.
  const widths = columns.map(({ key, title }, index) => key === sorting?.column ? Math.max(natural[index]!, widthOf(shownText(title)) + 1) : natural[index]!);
  if (look.shift === 0) return { kept: fitColumns(columns, widths, width), widths };
  const from = Math.min(1 + look.shift, columns.length - 1);
  const kept = [0];
  let used = widths[0]!;
  for (let at = Math.max(1, from); at < columns.length && used + columnGap.length < width; at++) {
    widths[at] = Math.min(widths[at]!, width - used - columnGap.length);
    used += columnGap.length + widths[at]!;
    kept.push(at);
  }
  return { kept, widths };
}

function header(columns: readonly Column[], kept: readonly number[], widths: readonly number[], sorting: Sorting | undefined): Line[] {
  const mark = (index: number): string => columns[index]!.key === sorting?.column ? (sorting.descending ? '▼' : '▲') : '';
  const titles = kept.map((index, place) => {
    return aligned(shownText(columns[index]!.title) + mark(index), index, columns, widths[index]!, place === kept.length - 1);
  });
  const lines = [plainLine(titles.join(columnGap), 'heading')];
  if (kept.some((index) => unitOf(columns[index]!.type) !== undefined)) {
    const units = kept.map((index, place) => aligned(unitOf(columns[index]!.type) ?? '', index, columns, widths[index]!, place === kept.length - 1));
    lines.push(plainLine(units.join(columnGap), 'quiet'));
  }
  return lines;
}

function rowLine(row: Row, columns: readonly Column[], kept: readonly number[], widths: readonly number[], lead: string, fold: string | undefined): Line {
  const spans: Span[] = [];
  for (const [place, index] of kept.entries()) {
    const column = columns[index]!;
    if (place > 0) spans.push(span(columnGap));
    const before = index === 0 ? lead : '';
    if (before !== '') spans.push(span(before, 'quiet'));
    const text = aligned(cellText(row, column), index, columns, widths[index]! - widthOf(before), place === kept.length - 1);
    spans.push(span(text, meaningOf(row, column)));
  }
  const targets = rowTargets(columns, row);
  return { spans, ...(targets.length === 0 ? {} : { targets }), ...(fold === undefined ? {} : { fold }) };
}

function meaningOf({ cells }: Row, { key, type }: Column): Meaning | undefined {
  const cell = cells[key];
  if (isGap(cell)) return 'warning';
  return type === 'address' ? 'address' : undefined;
}

function aligned(text: string, index: number, columns: readonly Column[], room: number, last: boolean): string {
  const cut = widthOf(text) > room ? cutTo(text, Math.max(1, room)) : text;
  const space = ' '.repeat(Math.max(0, room - widthOf(cut)));
  if (index > 0 && isNumeric(columns[index]!.type)) return space + cut;
  return last ? cut : cut + space;
}

