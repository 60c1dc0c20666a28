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
 * One of them; `note` is a remark beside the value, which stands for nothing where that could not be read; `door` the
 * object that it opens. `key` is its stable name in JSON.
 */
export function fact<T extends ValueType>(
  key: string,
  title: string,
  type: T,
  value: CellOf<NoInfer<T>>,
  more: { note?: string; door?: Door } = {},
): Fact {
  const { note, ...rest } = more;
  return { key, title, type, value, ...rest, ...(note === undefined || isGap(value) ? {} : { note }) };
}

/** What a cell may be whose column has that type, beside null and a gap. */
interface CellValues extends Record<
  'integer' | 'pid' | 'bytes' | 'kB' | 'pages' | 'ns' | 'ms' | 'unixTime' | 'percent' | 'address',
  number | bigint
> {
  text: string | number | bigint | boolean | readonly string[];
  word: string | readonly string[];
  task: string | readonly string[];
  flags: string | readonly string[];
  symbol: string | readonly string[] | bigint;
  boolean: boolean;
}

/** A cell of a column of that type. */
export type CellOf<T extends ValueType> = CellValues[T] | null | Gap;

/** A row for these columns: `RowOf<typeof list>`. `door` says what object it stands for. */
export interface RowOf<L extends readonly Column[]> {
  // A key that is made at run time may be any of them.
  cells: string extends L[number]['key']
    ? Readonly<Record<string, Cell>>
    : { readonly [C in L[number] as C['key']]: CellOf<C['type']> };
  door?: Door;
}
/** The same with rows below it. */
export interface TreeNodeOf<L extends readonly Column[]> extends RowOf<L> {
  children: readonly TreeNodeOf<L>[];
}

/**
 * Keeps keys and types of columns as literals, so that a row does not compile where a cell is missing, misspelt or of
 * another type than its column.
 */
export function columns<const C extends Column>(list: readonly C[]): readonly C[] {
  return list;
}

/** `rows` may be a generator: it is pulled as far as the limits allow. */
export function table<const C extends Column>(
  title: string,
  list: readonly C[],
  rows: Iterable<RowOf<readonly C[]>>,
  options: ViewOptions & { sorted?: Sorting & { column: NoInfer<C>['key'] }; folded?: boolean } = {},
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
export function tree<const C extends Column>(
  title: string,
  list: readonly C[],
  roots: Iterable<TreeNodeOf<readonly C[]>>,
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
