import type { Column, Row, Sorting } from '../../words/views.js';
import { html } from '../escape.js';
import { cellText, columnUnit, isNumeric, type Units } from '../format-value.js';
import { folded, titled } from './block.js';
import { counted } from '../../words/quantity.js';

interface Table {
  kind: 'table' | 'tree';
  anchor: string;
  title: string;
  columns: readonly Column[];
  rows: readonly { cells: Row['cells']; lead: string }[];
  note?: string;
  sorted?: Sorting;
  folded?: true;
}

/** Rows that are shown unfolded. */
const fewRows = 15;

/** More of them fit on paper only close together. */
const fewColumns = 14;

export function* tableHtml(table: Table, units: Units, folds: boolean): Generator<string> {
  const { anchor, title, rows } = table;
  yield* folds && (rows.length > fewRows || table.folded)
    ? folded({ anchor, title, count: counted(rows.length, 'row') }, contentHtml(table, units))
    : titled(anchor, title, contentHtml(table, units));
}

function* contentHtml({ kind, title, columns: given, rows, note, sorted }: Table, units: Units): Generator<string> {
  const columns = kind === 'table' ? nameForward(given) : given;
  // A scrolling box takes the keyboard's focus, and says what it is.
  const size = `wide${rows.length > fewRows ? ' long' : ''}${columns.length > fewColumns ? ' many' : ''}`;
  yield `<div class="${size}" tabindex="0" role="group" aria-label="${html(title)}"><table class="${kind}">\n`;
  yield `<thead><tr>${columns.map((column) => headingHtml(column, units, sorted)).join('')}</tr></thead>\n<tbody>\n`;
  for (const { cells, lead } of rows) {
    yield `<tr>${columns
      .map((column, index) => {
        const cell = cells[column.key] ?? null;
        const text = (index === 0 ? lead : '') + cellText(cell, column, units);
        // What is sorted by, where the text is not the bare number.
        const value =
          (typeof cell === 'number' || typeof cell === 'bigint') && isNumeric(column.type) && !/^-?[\d.]+$/.test(text)
            ? ` data-v="${cell}"`
            : '';
        return `<td${attributeOf(column)}${value}>${html(text)}</td>`;
      })
      .join('')}</tr>\n`;
  }
  yield '</tbody>\n</table></div>\n';
  if (note !== undefined) yield `<p class="quiet">${html(note)}</p>\n`;
}

function headingHtml(column: Column, units: Units, sorted: Sorting | undefined): string {
  const unit = columnUnit(column, units);
  const small = unit === undefined ? '' : ` <small>${unit}</small>`;
  const order = sorted?.column === column.key ? ` aria-sort="${sorted.descending ? 'descending' : 'ascending'}"` : '';
  return `<th scope="col"${attributeOf(column)}${order}>${html(column.title)}${small}</th>`;
}

/** n: numbers, on the right. t: running text, which may wrap. */
function attributeOf({ type }: Column): string {
  if (isNumeric(type)) return ' class="n"';
  return type === 'text' || type === 'flags' ? ' class="t"' : '';
}

/** Columns that a phone shows without scrolling. */
const inSight = 4;

/** Whose row it is stands beside its number: at the end, where a terminal has it, a narrow window does not show it. */
function nameForward(columns: readonly Column[]): readonly Column[] {
  const at = columns.findIndex(({ type }) => type === 'task');
  return at <= inSight ? columns : [columns[0]!, columns[at]!, ...columns.slice(1, at), ...columns.slice(at + 1)];
}
