import { didYouMean } from '../words/nearest-word.js';
import {
  BadView,
  bigint,
  describe,
  field,
  isObject,
  iterable,
  list,
  noSlips,
  oneOf,
  optional,
  optionalNumber,
  text,
  within,
  writable,
} from './check-form.js';
import { cleanCell } from './contain-cell.js';
import { cleanFinding, optionalDoor } from './contain-finding.js';
import type { SolidView } from './section.js';
import { keysOf, lineFields, valueTypes } from './view-keys.js';
import { partKinds } from '../words/views.js';
import type {
  Cell,
  ChartView,
  Column,
  Fact,
  GraphView,
  Headline,
  LogLine,
  Row,
  Stack,
  StackFrame,
  TableView,
  TreeNode,
  ValueType,
  View,
} from '../words/views.js';
import { defined } from '../words/defined.js';

/**
 * Views come from plugins, a user's among them, and are filled from a broken machine's memory: here they become plain
 * data of the declared form, or an error with one sentence. Renderers need not ask again.
 */

const mostColumns = 200;
/** Deeper trees are cut: a real process tree has some 20 levels. */
const deepestTree = 200;

/** The view without its rows, and its rows still to be pulled. */
export interface OpenView {
  view: SolidView;
  items?: Iterable<unknown>;
  /** One row, line, stack or tree made clean, the `index`th; `count` says how many rows it holds. */
  clean?: (item: unknown, index: number) => { item: Row | TreeNode | LogLine | Stack; count: number };
}

/**
 * @param plugin the id of a user's plugin: what it concludes is held against more than what ours does
 * @throws BadView
 */
export function openView(view: View, plugin?: string): OpenView {
  if (!isObject(view)) throw new BadView(`it yielded ${describe(view)} instead of a view`);
  const kind: unknown = view.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(itemNames, kind)) {
    throw new BadView(
      `it yielded a view of unknown kind ${describe(kind)}${typeof kind === 'string' ? didYouMean(kind, Object.keys(itemNames)) : ''}`,
    );
  }
  const place = `${kind} ${typeof view.title === 'string' ? JSON.stringify(view.title.slice(0, 80)) : 'without a title'}`;
  const { clean, ...open } = within(place, () => openedView(view, plugin));
  return clean === undefined
    ? open
    : { ...open, clean: (item, index) => within(`${place}, ${itemNames[view.kind]} ${index + 1}`, () => clean(item)) };
}

/** What the items of a view are called where one is wrong. */
const itemNames: Readonly<Record<View['kind'], string>> = {
  table: 'row',
  tree: 'root',
  log: 'line',
  stack: 'stack',
  facts: 'fact',
  findings: 'finding',
  chart: 'bar',
  graph: 'node',
};

type Opened = Omit<OpenView, 'clean'> & {
  clean?: (item: unknown) => { item: Row | TreeNode | LogLine | Stack; count: number };
};

function openedView(view: View, plugin: string | undefined): Opened {
  noSlips(view, keysOf[view.kind], 'it');
  const head = { id: text(view.id, 'id'), title: text(view.title, 'title') };
  switch (view.kind) {
    case 'facts':
      return {
        view: { kind: 'facts', ...head, facts: list(view.facts, 'facts').map(cleanFact), ...cleanHeadline(view) },
      };
    case 'findings':
      return {
        view: {
          kind: 'findings',
          ...head,
          findings: list(view.findings, 'findings').map((finding, index) => cleanFinding(finding, index, plugin)),
        },
      };
    case 'chart':
      return { view: cleanChart(view, head) };
    case 'graph':
      return { view: cleanGraph(view, head) };
    case 'table': {
      const columns = cleanColumns(view.columns);
      return {
        view: {
          kind: 'table',
          ...head,
          columns,
          rows: [],
          ...optional('note', view.note),
          ...cleanOrder(view, columns),
        },
        items: iterable(view.rows, 'rows'),
        clean: (row) => ({ item: cleanRow(row, columns, keysOf.row), count: 1 }),
      };
    }
    case 'tree': {
      const columns = cleanColumns(view.columns);
      return {
        view: { kind: 'tree', ...head, columns, roots: [], ...optional('note', view.note) },
        items: iterable(view.roots, 'roots'),
        clean: (root) => cleanTree(root, columns),
      };
    }
    case 'log':
      return {
        view: { kind: 'log', ...head, lines: [] },
        items: iterable(view.lines, 'lines'),
        clean: (line) => ({ item: cleanLine(line), count: 1 }),
      };
    case 'stack':
      return {
        view: { kind: 'stack', ...head, stacks: [] },
        items: iterable(view.stacks, 'stacks'),
        clean: (stack) => cleanStack(stack),
      };
    default:
      return view satisfies never;
  }
}

function cleanColumns(given: unknown): Column[] {
  const columns = list(given, 'columns').map((column, index): Column => {
    const key = text(field(column, 'key'), `the key of column ${index + 1}`);
    noSlips(column, keysOf.column, `column ${key}`);
    return {
      key,
      title: text(field(column, 'title'), `the title of column ${key}`),
      type: valueType(field(column, 'type'), `the type of column ${key}`),
      ...optionalNumber('dispensable', field(column, 'dispensable')),
      ...(field(column, 'exact') === true ? { exact: true } : {}),
    };
  });
  if (columns.length === 0 || columns.length > mostColumns) throw new BadView(`a table with ${columns.length} columns`);
  const twice = columns.find(({ key }, index) => columns.findIndex((other) => other.key === key) < index);
  if (twice !== undefined) throw new BadView(`two columns have the same key ${twice.key}`);
  return columns;
}

function cleanOrder(
  { sorted, folded }: { sorted?: unknown; folded?: unknown },
  columns: readonly Column[],
): Pick<TableView, 'sorted' | 'folded'> {
  const column = sorted === undefined ? undefined : columns.find(({ key }) => key === field(sorted, 'column'))?.key;
  if (sorted !== undefined && column === undefined)
    throw new BadView(`it is sorted by ${noColumn(String(field(sorted, 'column')), columns)}`);
  return {
    ...(column === undefined ? {} : { sorted: { column, descending: field(sorted, 'descending') === true } }),
    ...(folded === true ? { folded } : {}),
  };
}

function cleanRow(row: unknown, columns: readonly Column[], known: ReadonlySet<string>): Row {
  noSlips(row, known, 'it');
  const given = field(row, 'cells');
  if (!isObject(given))
    throw new BadView(`its cells are ${describe(given)}; a row is { cells: { ${columns[0]!.key}: … } }`);
  const cells: Record<string, Cell> = {};
  let missing: string | undefined;
  for (const { key, type } of columns) {
    missing ??= Object.hasOwn(given, key) ? undefined : key;
    if (missing === undefined) cells[key] = cleanCell(given[key], type, `cell ${key}`);
  }
  if (missing !== undefined) {
    noStrayCells(given, columns);
    throw new BadView(`it has no cell ${missing}; null says that there is none`);
  }
  return { cells, ...optionalDoor(field(row, 'door')) };
}

/**
 * A cell that no column shows is no mistake where every column has one: a row may be made of an object that has more.
 */
function noStrayCells(given: Readonly<Record<string, unknown>>, columns: readonly Column[]): void {
  const stray = Object.keys(given).find((key) => !columns.some((column) => column.key === key));
  if (stray !== undefined)
    throw new BadView(
      `it has a cell for ${noColumn(
        stray,
        columns.filter(({ key }) => !Object.hasOwn(given, key)),
      )}`,
    );
}

function noColumn(key: string, columns: readonly Column[]): string {
  const known = columns.map((column) => column.key);
  return `column ${key}, which the view does not have${didYouMean(key, known) || `; there are ${known.join(', ')}`}`;
}

/** A copy without recursion: the depth of a tree is the dump's to choose. */
function cleanTree(root: unknown, columns: readonly Column[]): { item: TreeNode; count: number } {
  const nodes: { node: TreeNode & { children: TreeNode[] }; given: unknown; depth: number }[] = [];
  const open = (given: unknown, depth: number): TreeNode => {
    const node = { ...cleanRow(given, columns, keysOf.node), children: [] };
    nodes.push({ node, given, depth });
    return node;
  };
  const item = open(root, 0);
  for (let at = 0; at < nodes.length; at++) {
    const { node, given, depth } = nodes[at]!;
    const children = field(given, 'children');
    if (children === undefined) continue;
    if (depth >= deepestTree && list(children, 'children').length > 0)
      throw new BadView(`a tree deeper than ${deepestTree} levels`);
    for (const child of list(children, 'children')) node.children.push(open(child, depth + 1));
  }
  return { item, count: nodes.length };
}

function cleanFact(given: unknown, index: number): Fact {
  const key = text(field(given, 'key'), `the key of fact ${index + 1}`);
  noSlips(given, keysOf.fact, `fact ${key}`);
  const type = valueType(field(given, 'type'), `the type of fact ${key}`);
  return {
    key,
    title: text(field(given, 'title'), `the title of fact ${key}`),
    type,
    value: cleanCell(field(given, 'value'), type, `fact ${key}`),
    ...optional('note', field(given, 'note')),
    ...optionalDoor(field(given, 'door')),
  };
}

const headlines = ['memory', 'zones', 'waits', 'end'] as const;

function cleanHeadline(view: unknown): { headline?: Headline } {
  const given = field(view, 'headline');
  if (given === undefined) return {};
  const headline = oneOf(given, headlines, 'headline');
  return headline === undefined ? {} : { headline };
}

const lineParts = Object.entries(lineFields);

function cleanLine(given: unknown): LogLine {
  noSlips(given, keysOf.line, 'it');
  const parts: Partial<LogLine> = {};
  for (const [key, kind] of lineParts) {
    const value = field(given, key);
    Object.assign(parts, kind === 'number' ? optionalNumber(key, value) : optional(key, value));
  }
  return {
    ...parts,
    text: text(field(given, 'text'), 'line.text'),
    ...(field(given, 'remark') === true ? { remark: true as const } : {}),
  };
}

function cleanStack(given: unknown): { item: Stack; count: number } {
  noSlips(given, keysOf.oneStack, 'it');
  const frames = list(field(given, 'frames'), 'frames').map(cleanFrame);
  const sameAs = field(given, 'sameAs');
  const item: Stack = {
    title: text(field(given, 'title'), 'stack.title'),
    frames,
    ...optional('end', field(given, 'end')),
    ...optionalDoor(field(given, 'door')),
    ...(sameAs === undefined ? {} : { sameAs: list(sameAs, 'sameAs').map((title) => text(title, 'sameAs')) }),
  };
  return { item, count: 1 + frames.length };
}

const foundBy = ['registers', 'unwound', 'framePointer', 'call', 'scanned'] as const;

function cleanFrame(given: unknown, index: number): StackFrame {
  noSlips(given, keysOf.frame, `frame ${index}`);
  const registers = field(given, 'registers');
  const sp = field(given, 'sp');
  return {
    index,
    ip: bigint(field(given, 'ip'), 'frame.ip'),
    ...(sp === undefined ? {} : { sp: bigint(sp, 'frame.sp') }),
    ...optional('function', field(given, 'function')),
    ...optionalNumber('offset', field(given, 'offset')),
    ...optional('module', field(given, 'module')),
    ...(field(given, 'inlined') === true ? { inlined: true as const } : {}),
    ...optional('file', field(given, 'file')),
    ...optionalNumber('line', field(given, 'line')),
    found: oneOf(field(given, 'found'), foundBy, 'frame.found') ?? 'scanned',
    ...optionalPairs('arguments', field(given, 'arguments')),
    ...optionalPairs('locals', field(given, 'locals')),
    ...(isObject(registers)
      ? {
          registers: Object.fromEntries(
            Object.entries(registers)
              .filter((pair): pair is [string, bigint] => typeof pair[1] === 'bigint')
              .map(([name, value]) => [name, writable(value, `register ${name}`)]),
          ),
        }
      : {}),
    ...optional('note', field(given, 'note')),
  };
}

function cleanChart(view: ChartView, head: { id: string; title: string }): ChartView {
  return {
    kind: 'chart',
    ...head,
    unit: valueType(view.unit, 'its unit'),
    bars: list(view.bars, 'bars').map((bar, index) => {
      noSlips(bar, keysOf.bar, `bar ${index + 1}`);
      const marks = field(bar, 'marks');
      const kind = oneOf(field(bar, 'kind'), partKinds, `the kind of bar ${index + 1}`);
      return {
        ...cleanMark(bar, `bar ${index + 1}`),
        ...defined({ kind }),
        ...(marks === undefined
          ? {}
          : {
              marks: list(marks, 'marks').map((mark, place) =>
                cleanMark(mark, `mark ${place + 1} of bar ${index + 1}`),
              ),
            }),
      };
    }),
    ...(view.total === undefined ? {} : { total: amount(view.total, 'its total') }),
    ...cleanHeadline(view),
  };
}

function cleanMark(given: unknown, place: string): { label: string; value: number } {
  const label = text(field(given, 'label'), `the label of ${place}`);
  return { label, value: amount(field(given, 'value'), `the value of ${place} (${label})`) };
}

/** Of a bar, which can't be shorter than nothing. A bigint will do: it is as long. */
function amount(value: unknown, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    throw new BadView(
      `${what} is ${typeof number === 'number' ? number : describe(number)}; a chart has numbers from 0`,
    );
  return number;
}

const nodeKinds = ['cpu', 'task', 'lock', 'object'] as const;

function cleanGraph(view: GraphView, head: { id: string; title: string }): GraphView {
  return {
    kind: 'graph',
    ...head,
    nodes: list(view.nodes, 'nodes').map((node) => ({
      id: text(field(node, 'id'), 'node.id'),
      label: text(field(node, 'label'), 'node.label'),
      kind: oneOf(field(node, 'kind'), nodeKinds, 'node.kind') ?? 'object',
      ...optionalDoor(field(node, 'door')),
    })),
    edges: list(view.edges, 'edges').map((edge) => ({
      from: text(field(edge, 'from'), 'edge.from'),
      to: text(field(edge, 'to'), 'edge.to'),
      label: text(field(edge, 'label'), 'edge.label'),
    })),
    cycles: list(view.cycles, 'cycles').map((cycle) => list(cycle, 'cycle').map((id) => text(id, 'cycle'))),
    ...cleanHeadline(view),
  };
}

function valueType(value: unknown, what: string): ValueType {
  const type = oneOf(value, valueTypes, what);
  if (type === undefined) throw new BadView(`${what} is ${describe(value)}; it can be ${valueTypes.join(', ')}`);
  return type;
}

function optionalPairs<K extends string>(key: K, value: unknown): { [P in K]?: { name: string; value: string }[] } {
  if (value === undefined) return {};
  const pairs = list(value, key).map((pair) => ({
    name: text(field(pair, 'name'), key),
    value: text(field(pair, 'value'), key),
  }));
  return { [key]: pairs } as { [P in K]?: { name: string; value: string }[] };
}
