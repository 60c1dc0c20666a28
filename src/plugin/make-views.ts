import type {
  Cell,
  ChartView,
  Column,
  Door,
  Fact,
  FactsView,
  GivenFinding,
  FindingsView,
  Gap,
  GraphView,
  Headline,
  LogLine,
  LogView,
  Sorting,
  Stack,
  StackView,
  TableView,
  TreeNode,
  TreeView,
  ValueType,
} from '../words/views.js';
import { defined } from '../words/defined.js';
import { didYouMean } from '../words/nearest-word.js';
import { BadView } from './check-form.js';

/** `id` is the view's stable name in JSON; made of the title where it is not given. */
export interface ViewOptions {
  id?: string;
  note?: string;
}

/** Of views that can stand at the top of a page. */
export interface HeadlineOptions extends ViewOptions {
  headline?: Headline;
}

/** Names and values: `facts('Machine', [fact('release', 'Release', 'text', kernel.release)])`. */
export function facts(title: string, list: readonly Fact[], options: HeadlineOptions = {}): FactsView {
  return { kind: 'facts', id: idOf(title, options, 'headline'), title, facts: list, ...headlineOf(options) };
}

/**
 * One of them; `note` is a remark beside the value, `door` the object that it opens. `key` is its stable name in JSON.
 */
export function fact(
  key: string,
  title: string,
  type: ValueType,
  value: Cell,
  more: { note?: string; door?: Door } = {},
): Fact {
  return { key, title, type, value, ...more };
}

/** A column whose key is checked against the rows' cells. */
export type ColumnOf<K extends string> = Column & { readonly key: K };

/** A row for columns with these keys: `RowOf<'pid' | 'comm'>`. `door` says what object it stands for. */
export interface RowOf<K extends string> {
  cells: Readonly<Record<K, Cell>>;
  door?: Door;
}
/** The same with rows below it. */
export interface TreeNodeOf<K extends string> extends RowOf<K> {
  children: readonly TreeNodeOf<K>[];
}

/** Keeps the keys of columns as literals, so that a row with a cell missing or misspelt does not compile. */
export function columns<const K extends string>(list: readonly ColumnOf<K>[]): readonly ColumnOf<K>[] {
  return list;
}

/** `rows` may be a generator: it is pulled as far as the limits allow. */
export function table<K extends string>(
  title: string,
  list: readonly ColumnOf<K>[],
  rows: Iterable<RowOf<NoInfer<K>>>,
  options: ViewOptions & { sorted?: Sorting & { column: NoInfer<K> }; folded?: boolean } = {},
): TableView {
  const { sorted, folded } = options;
  return {
    kind: 'table',
    id: idOf(title, options, 'sorted', 'folded'),
    title,
    columns: list,
    rows,
    ...noteOf(options),
    ...defined({ sorted }),
    ...(folded ? { folded } : {}),
  };
}

/** A table whose rows have children, which are folded on a screen; `roots` may be a generator. */
export function tree<K extends string>(
  title: string,
  list: readonly ColumnOf<K>[],
  roots: Iterable<TreeNodeOf<NoInfer<K>>>,
  options: ViewOptions = {},
): TreeView {
  return {
    kind: 'tree',
    id: idOf(title, options),
    title,
    columns: list,
    roots: roots as Iterable<TreeNode>,
    ...noteOf(options),
  };
}

/** Lines of a log, with level and time where they have them; a screen filters and searches them. */
export function log(title: string, lines: Iterable<LogLine>, options: ViewOptions = {}): LogView {
  return { kind: 'log', id: idOf(title, options), title, lines };
}

/** Call stacks, with frames as `showStack` of 'oompm/stack' gives them. */
export function stacks(title: string, list: Iterable<Stack>, options: ViewOptions = {}): StackView {
  return { kind: 'stack', id: idOf(title, options), title, stacks: list };
}

/** Bars of one unit: parts of a whole where `total` is given, or values against their marks. */
export function chart(
  title: string,
  unit: ValueType,
  bars: ChartView['bars'],
  options: HeadlineOptions & { total?: number } = {},
): ChartView {
  return {
    kind: 'chart',
    id: idOf(title, options, 'headline', 'total'),
    title,
    unit,
    bars,
    ...defined({ total: options.total }),
    ...headlineOf(options),
  };
}

/** Who waits for whom: nodes and edges by id, and the cycles among them. */
export function graph(
  title: string,
  parts: Pick<GraphView, 'nodes' | 'edges' | 'cycles'>,
  options: HeadlineOptions = {},
): GraphView {
  return { kind: 'graph', id: idOf(title, options, 'headline'), title, ...parts, ...headlineOf(options) };
}

/** Conclusions: these stand at the top of a report and of the overview, ordered by weight. */
export function findings(title: string, list: readonly GivenFinding[], options: ViewOptions = {}): FindingsView {
  return { kind: 'findings', id: idOf(title, options), title, findings: list };
}

/** A cell that could not be read. */
export function gap(what: string, reason: string, address?: bigint): Gap {
  return { gap: true, what, reason, ...defined({ address }) };
}

/** Whether a cell is one. */
export function isGap(cell: unknown): cell is Gap {
  return typeof cell === 'object' && cell !== null && 'gap' in cell && cell.gap === true;
}

function idOf(title: string, options: ViewOptions, ...more: readonly string[]): string {
  const known = ['id', 'note', ...more];
  const stray = Object.keys(options).find((key) => !known.includes(key));
  if (stray !== undefined)
    throw new BadView(
      `the options of the view "${title}" have no ${stray}${didYouMean(stray, known) || `; there are ${known.join(', ')}`}`,
    );
  const { id } = options;
  return (
    id ??
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
  );
}

function noteOf({ note }: ViewOptions): { note?: string } {
  return note === undefined ? {} : { note };
}

function headlineOf({ headline }: HeadlineOptions): { headline?: Headline } {
  return headline === undefined ? {} : { headline };
}
