import { isGap } from '../../plugin/make-views.js';
import type { Column, Row, Sorting } from '../../words/views.js';
import { isNumeric } from '../../report/format-value.js';
import { cutCell, cutTo, fitColumns, widthOf } from '../../report/lay-out-table.js';
import type { Meaning } from '../../report/paint.js';
import { chooseNodes, chooseRows } from './choose-rows.js';
import { fixedBlock, plainLine, span, type Block, type Line, type Span } from './line.js';
import { cellText, isSize, unitUnder, type CellStyle, type TableIndex } from './table-index.js';
import { rowTargets } from './targets.js';
import { cellStyle, isOpen, nameOfObject, openDepthOf, type Look, type Room, type ShownView } from './view-state.js';
import { shownText } from './shown-text.js';
import { defined } from '../../words/defined.js';

const columnGap = '  ';

/** How a table's rows and columns are shown in the room that there is. */
interface Layout {
  columns: readonly Column[];
  isTree: boolean;
  kept: readonly number[];
  widths: readonly number[];
  sorting: Sorting | undefined;
  bar: Bar | undefined;
  named: Room['named'];
  style: CellStyle;
  units: Room['units'];
}

/** A bar beside the sizes that a table is sorted by; the largest is all of it. */
interface Bar {
  column: string;
  width: number;
  most: number;
}

/**
 * A table or tree as one block: its rows are chosen once for a filter and an order, and laid out when they are seen.
 */
export function tableBlock(shown: ShownView, room: Room): Block {
  const { view, index, key } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined)
    throw new Error(`${view.kind} is no table`);
  const sorting = sortingOf(shown, room.look);
  const rows = chosen(shown, index, view.columns, room, sorting);
  if (rows.length === 0) return { ...fixedBlock(key, [], key), pinned: [] };
  const layout: Layout = {
    columns: view.columns,
    isTree: view.kind === 'tree',
    ...columnsShown(shown, room),
    sorting,
    bar: barOf(shown, room),
    named: room.named,
    style: cellStyle(view, room.look),
    units: room.units,
  };
  return {
    id: key,
    view: key,
    length: rows.length,
    ownShift: true,
    pinned: header(layout),
    text: (at) => index.texts[rows[at]!]!,
    line(at) {
      const row = rows[at]!;
      const place = index.places[row];
      const fold = place === undefined || place.children === 0 ? undefined : `${key}:${place.path}`;
      const open =
        place !== undefined &&
        (room.look.filter !== '' || (fold !== undefined && isOpen(room.look, fold, place.depth < openDepthOf(view))));
      const mark = open ? '▾ ' : '▸ ';
      const lead = place === undefined ? '' : `${place.lead}${fold === undefined ? '' : mark}`;
      return rowLine(index.rows[row]!, layout, lead, fold);
    },
  };
}

/** How many rows there are behind a filter: "12 of 50,000". */
export function rowsShown(shown: ShownView, room: Room): { shown: number; all: number } | undefined {
  const { view, index } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined) return undefined;
  return {
    shown: chosen(shown, index, view.columns, room, sortingOf(shown, room.look)).length,
    all: index.rows.length,
  };
}

/** How many columns there is no room for. */
export function columnsHidden(shown: ShownView, room: Room): number {
  const { view, index } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined || index.rows.length === 0) return 0;
  return view.columns.length - columnsShown(shown, room).kept.length;
}

/** Whether there is more to the right than is in sight: columns, or the rest of one that is cut. */
export function hidesToTheRight(shown: ShownView, room: Room): boolean {
  const { view, index } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined || index.rows.length === 0) return false;
  const { kept, widths } = columnsShown(shown, room);
  const natural = index.widths[cellStyle(view, room.look)];
  const last = natural.length - 1;
  if (room.look.shift === 0) return kept.length <= last || kept.some((at) => widths[at]! < natural[at]!);
  return room.look.shift + 1 < last && (kept.at(-1) !== last || widths[last]! < natural[last]!);
}

/**
 * How many tasks of the table the OOM killer took: what they had is gone, so that they are far down among the largest.
 */
export function killedIn({ view, index }: ShownView, { named }: Room): number {
  return view.kind === 'table' && index !== undefined ? marksIn(index, view.columns, named).killed : 0;
}

/** Columns that can be sorted by: those in sight. */
export function sortableColumns(shown: ShownView, room: Room): readonly Column[] {
  const { view, index } = shown;
  if (view.kind !== 'table' || index === undefined) return [];
  return columnsShown(shown, room).kept.map((at) => view.columns[at]!);
}

/** By what a table is sorted: what was chosen, else the order that it came in. */
export function sortingOf({ view, key }: ShownView, look: Look): Sorting | undefined {
  return look.sortings[key] ?? (view.kind === 'table' ? view.sorted : undefined);
}

const lastChoice = new WeakMap<TableIndex, { key: string; folds: unknown; rows: Uint32Array }>();

function chosen(
  { view, key }: ShownView,
  index: TableIndex,
  columns: readonly Column[],
  { look }: Room,
  sorting: Sorting | undefined,
): Uint32Array {
  const openDepth = openDepthOf(view);
  const question = JSON.stringify([look.filter, sorting ?? null, look.all ?? null]);
  const known = lastChoice.get(index);
  if (known?.key === question && known.folds === look.folds) return known.rows;
  const rows =
    view.kind === 'tree'
      ? chooseNodes(index, look.filter, (path, depth) => isOpen(look, `${key}:${path}`, depth < openDepth))
      : chooseRows(index, columns, look.filter, sorting);
  lastChoice.set(index, { key: question, folds: look.folds, rows });
  return rows;
}

/** A narrower screen needs all of it for the numbers. */
const narrowestWithBar = 60;

function barOf(shown: ShownView, room: Room): Bar | undefined {
  const { view, index } = shown;
  if (view.kind !== 'table' || index === undefined || room.width < narrowestWithBar) return undefined;
  const sorting = sortingOf(shown, room.look);
  const column = view.columns.find(({ key }) => key === sorting?.column);
  if (column === undefined || !isSize(column)) return undefined;
  const most = largestIn(index, column.key);
  return most > 0 ? { column: column.key, width: room.width < 100 ? 8 : room.width < 150 ? 14 : 20, most } : undefined;
}

const largest = new WeakMap<TableIndex, Map<string, number>>();

function largestIn(index: TableIndex, key: string): number {
  const known = largest.get(index) ?? new Map<string, number>();
  largest.set(index, known);
  let most = known.get(key);
  if (most === undefined) {
    most = 0;
    for (const { cells } of index.rows) {
      const cell = cells[key];
      if ((typeof cell === 'number' || typeof cell === 'bigint') && Number(cell) > most) most = Number(cell);
    }
    known.set(key, most);
  }
  return most;
}

/** The first column stays; the others move out to the left as the page is shifted to the right. */
function columnsShown(shown: ShownView, room: Room): { kept: number[]; widths: number[] } {
  const { view, index } = shown;
  if ((view.kind !== 'table' && view.kind !== 'tree') || index === undefined)
    throw new Error(`${view.kind} is no table`);
  const { columns } = view;
  const { width, look } = room;
  const sorting = sortingOf(shown, look);
  const bar = barOf(shown, room);
  const style = cellStyle(view, look);
  // The column that is sorted by has a mark beside its title, and its bar behind it.
  const widths = columns.map(({ key, title }, at) => {
    const natural = index.widths[style][at]!;
    if (key !== sorting?.column) return natural;
    return Math.max(natural, widthOf(shownText(title)) + 1) + (key === bar?.column ? bar.width + 1 : 0);
  });
  if (look.shift === 0) {
    const space = width - marksIn(index, columns, room.named).room;
    return {
      kept: withinWidth(fitColumns(emptyFirst(columns, index), widths, space), columns, widths, space, sorting),
      widths,
    };
  }
  const from = Math.min(1 + look.shift, columns.length - 1);
  const kept = [0];
  let used = widths[0]!;
  for (let at = Math.max(1, from); at < columns.length && used + columnGap.length < width; at++) {
    const left = width - used - columnGap.length;
    // Of a number the beginning tells nothing; of a text it does, where there is some.
    const least = isNumeric(columns[at]!.type) ? widths[at]! : Math.min(widths[at]!, leastOfText);
    if (kept.length > 1 && left < least) break;
    widths[at] = Math.min(widths[at]!, left);
    used += columnGap.length + widths[at]!;
    kept.push(at);
  }
  return { kept, widths };
}

const leastOfText = 16;

/** A column without a value in any row tells least. */
function emptyFirst(columns: readonly Column[], { filled, rows }: TableIndex): readonly Column[] {
  return rows.length === 0
    ? columns
    : columns.map((column, at) => (at === 0 || filled[at] ? column : { ...column, dispensable: Infinity }));
}

/** What still does not fit goes from the right: numbers before names, and never the column that is sorted by. */
function withinWidth(
  fitted: readonly number[],
  columns: readonly Column[],
  widths: readonly number[],
  space: number,
  sorting: Sorting | undefined,
): number[] {
  let kept = [...fitted];
  const total = (): number => kept.reduce((sum, at) => sum + widths[at]!, columnGap.length * (kept.length - 1));
  const removable = kept
    .slice(1)
    .filter((at) => columns[at]!.key !== sorting?.column)
    .toReversed();
  for (const at of [
    ...removable.filter((one) => isNumeric(columns[one]!.type)),
    ...removable.filter((one) => !isNumeric(columns[one]!.type)),
  ]) {
    if (total() <= space) break;
    kept = kept.filter((one) => one !== at);
  }
  return kept;
}

function header(layout: Layout): Line[] {
  const { columns, kept, sorting, style } = layout;
  const arrow = sorting?.descending === true ? '▼' : '▲';
  const mark = (at: number): string => (columns[at]!.key === sorting?.column ? arrow : '');
  const lines = [
    plainLine(
      rowOf(layout, (at) => shownText(columns[at]!.title) + mark(at)),
      'heading',
    ),
  ];
  if (kept.some((at) => unitUnder(columns[at]!, style) !== ''))
    lines.push(
      plainLine(
        rowOf(layout, (at) => unitUnder(columns[at]!, style)),
        'quiet',
      ),
    );
  return lines;
}

function rowOf(layout: Layout, textOf: (at: number) => string): string {
  return layout.kept
    .map((at) => {
      const bar = barIn(layout, at);
      return aligned(textOf(at), at, layout, bar) + ' '.repeat(bar === undefined ? 0 : bar.width + 1);
    })
    .join(columnGap)
    .trimEnd();
}

/** The column's bar, where it has one and still has all of its width. */
function barIn({ columns, widths, bar }: Layout, at: number): Bar | undefined {
  return bar !== undefined && columns[at]!.key === bar.column && widths[at]! > bar.width + 1 ? bar : undefined;
}

function rowLine(row: Row, layout: Layout, lead: string, fold: string | undefined): Line {
  const { columns, kept, widths } = layout;
  const mark = markOf(row, layout);
  const spans: Span[] = [];
  for (const [place, at] of kept.entries()) {
    const column = columns[at]!;
    if (place > 0) spans.push(span(columnGap));
    const before = at === 0 ? lead : '';
    if (before !== '') spans.push(span(before, 'quiet'));
    const bar = barIn(layout, at);
    const text = aligned(
      cellText(row, column, layout.style, layout.units),
      at,
      { ...layout, widths: before === '' ? widths : widths.with(0, widths[0]! - widthOf(before)) },
      bar,
    );
    spans.push(
      span(
        place === kept.length - 1 && mark === undefined ? text.trimEnd() : text,
        meaningOf(row, column) ?? (mark === undefined ? undefined : 'bad'),
      ),
    );
    if (bar !== undefined) spans.push(...barSpans(row, bar, mark === undefined ? undefined : 'bad'));
  }
  if (mark !== undefined) spans.push(span(markLead + mark, 'bad'));
  const targets = rowTargets(columns, row);
  return { spans, ...(targets.length === 0 ? {} : { targets }), ...defined({ fold }) };
}

function barSpans({ cells }: Row, { column, width, most }: Bar, meaning: Meaning | undefined): Span[] {
  const cell = cells[column];
  const value = typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : 0;
  const filled = value <= 0 ? 0 : Math.max(1, Math.round((value / most) * width));
  return [span(' '), span('█'.repeat(filled), meaning), span(' '.repeat(width - filled))];
}

const markLead = '  ◀ ';
interface Marks {
  named: Room['named'];
  room: number;
  killed: number;
}
const marksKnown = new WeakMap<TableIndex, Marks>();

/** How wide the marks behind the rows are, and how many say that a task was killed. */
function marksIn(index: TableIndex, columns: readonly Column[], named: Room['named']): Marks {
  const known = marksKnown.get(index);
  if (known?.named === named) return known;
  const marks: Marks = { named, room: 0, killed: 0 };
  for (const row of index.rows) {
    const mark = markOf(row, { columns, named });
    if (mark !== undefined) marks.room = Math.max(marks.room, markLead.length + mark.length);
    if (mark === 'killed') marks.killed++;
  }
  marksKnown.set(index, marks);
  return marks;
}

/** Whether the row is what the OOM killer took, or what a finding names. */
function markOf({ cells, door }: Row, { columns, named }: Pick<Layout, 'columns' | 'named'>): string | undefined {
  const flags = columns.find(({ key, type }) => key === 'oom' && type === 'flags');
  const marks = flags === undefined ? undefined : cells[flags.key];
  if (Array.isArray(marks) && marks.includes('victim')) return 'killed';
  const pid = columns.find(({ type }) => type === 'pid');
  const number = pid === undefined ? undefined : cells[pid.key];
  if ((typeof number === 'number' && named.has(number)) || (door !== undefined && named.has(nameOfObject(door))))
    return 'finding';
  return undefined;
}

function meaningOf({ cells }: Row, { key, type }: Column): Meaning | undefined {
  const cell = cells[key];
  if (isGap(cell)) return 'warning';
  return type === 'address' ? 'address' : undefined;
}

/** A member of a struct has its name last, which is what one looks for: its type is cut. */
function cutMember(text: string, room: number): string {
  const name = / [^ ]+$/.exec(text)?.[0] ?? '';
  const rest = room - widthOf(name);
  return name === '' || rest < leastOfType
    ? cutTo(text, Math.max(1, room))
    : cutTo(text.slice(0, -name.length), rest) + name;
}

const leastOfType = 8;

function aligned(text: string, at: number, { columns, widths, isTree }: Layout, bar: Bar | undefined): string {
  const room = widths[at]! - (bar === undefined ? 0 : bar.width + 1);
  const cut =
    widthOf(text) <= room ? text : isTree && at === 0 ? cutMember(text, room) : cutCell(text, Math.max(1, room));
  const space = ' '.repeat(Math.max(0, room - widthOf(cut)));
  // What hangs from lines of a tree begins where they end.
  return isNumeric(columns[at]!.type) && !(isTree && at === 0) ? space + cut : cut + space;
}
