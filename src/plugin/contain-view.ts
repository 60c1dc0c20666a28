import { isGap } from './make-views.js';
import type { SolidView } from './section.js';
import { partKinds } from './views.js';
import type {
  Cell, ChartView, Column, Door, Fact, Finding, GraphView, Headline, LogLine, Row, Stack, StackFrame, TableView, TreeNode, ValueType, View,
} from './views.js';

/**
 * Views come from plugins, a user's among them, and are filled from a broken machine's memory: here they become plain
 * data of the declared form, or an error with one sentence. Renderers need not ask again.
 */

const valueTypes: ReadonlySet<string> = new Set<ValueType>([
  'text', 'integer', 'boolean', 'address', 'symbol', 'bytes', 'kB', 'pages', 'ns', 'ms', 'unixTime', 'percent', 'flags', 'pid', 'task',
]);

/** Longer text is cut: a log record has at most some 1000 characters, a path 4096. */
const longestText = 64 * 1024;
const mostColumns = 200;
/** Deeper trees are cut: a real process tree has some 20 levels. */
const deepestTree = 200;

/** A view that is not of the form that views.ts gives. */
export class BadView extends Error {
  override name = 'BadView';
}

/** The view without its rows, and its rows still to be pulled. */
export interface OpenView {
  view: SolidView;
  items?: Iterable<unknown>;
  /** One row, line, stack or tree made clean; `count` says how many rows it holds. */
  clean?: (item: unknown) => { item: Row | TreeNode | LogLine | Stack; count: number };
}

/** @throws BadView */
export function openView(view: View): OpenView {
  if (!isObject(view)) throw new BadView(`it yielded ${describe(view)} instead of a view`);
  const head = { id: text(view.id, 'id'), title: text(view.title, 'title') };
  switch (view.kind) {
    case 'facts': return { view: { kind: 'facts', ...head, facts: list(view.facts, 'facts').map(cleanFact), ...cleanHeadline(view) } };
    case 'findings': return { view: { kind: 'findings', ...head, findings: list(view.findings, 'findings').map(cleanFinding) } };
    case 'chart': return { view: cleanChart(view, head) };
    case 'graph': return { view: cleanGraph(view, head) };
    case 'table': {
      const columns = cleanColumns(view.columns);
      return {
        view: { kind: 'table', ...head, columns, rows: [], ...optional('note', view.note), ...cleanOrder(view, columns) },
        items: iterable(view.rows, 'rows'),
        clean: (row) => ({ item: cleanRow(row, columns), count: 1 }),
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
    case 'log': return {
      view: { kind: 'log', ...head, lines: [] },
      items: iterable(view.lines, 'lines'),
      clean: (line) => ({ item: cleanLine(line), count: 1 }),
    };
    case 'stack': return {
      view: { kind: 'stack', ...head, stacks: [] },
      items: iterable(view.stacks, 'stacks'),
      clean: (stack) => cleanStack(stack),
    };
    default: throw new BadView(`it yielded a view of unknown kind ${describe((view as { kind?: unknown }).kind)}`);
  }
}

function cleanColumns(given: unknown): Column[] {
  const columns = list(given, 'columns').map((column): Column => ({
    key: text(field(column, 'key'), 'column.key'),
    title: text(field(column, 'title'), 'column.title'),
    type: valueType(field(column, 'type')),
    ...optionalNumber('dispensable', field(column, 'dispensable')),
    ...(field(column, 'exact') === true ? { exact: true } : {}),
  }));
  if (columns.length === 0 || columns.length > mostColumns) throw new BadView(`a table with ${columns.length} columns`);
  if (new Set(columns.map((column) => column.key)).size < columns.length) throw new BadView('two columns have the same key');
  return columns;
}

function cleanOrder({ sorted, folded }: { sorted?: unknown; folded?: unknown }, columns: readonly Column[]): Pick<TableView, 'sorted' | 'folded'> {
  const column = sorted === undefined ? undefined : columns.find(({ key }) => key === field(sorted, 'column'))?.key;
  if (sorted !== undefined && column === undefined) throw new BadView('sorted names no column of the table');
  return {
    ...(column === undefined ? {} : { sorted: { column, descending: field(sorted, 'descending') === true } }),
    ...(folded === true ? { folded } : {}),
  };
}

function cleanRow(row: unknown, columns: readonly Column[]): Row {
  const cells = field(row, 'cells');
  return {
    cells: Object.fromEntries(columns.map((column) => [column.key, cleanCell(field(cells, column.key))])),
    ...optionalDoor(field(row, 'door')),
  };
}

/** A copy without recursion: the depth of a tree is the dump's to choose. */
function cleanTree(root: unknown, columns: readonly Column[]): { item: TreeNode; count: number } {
  const nodes: { node: TreeNode & { children: TreeNode[] }; given: unknown; depth: number }[] = [];
  const open = (given: unknown, depth: number): TreeNode => {
    const node = { ...cleanRow(given, columns), children: [] };
    nodes.push({ node, given, depth });
    return node;
  };
  const item = open(root, 0);
  for (let at = 0; at < nodes.length; at++) {
    const { node, given, depth } = nodes[at]!;
    const children = field(given, 'children');
    if (children === undefined) continue;
    if (depth >= deepestTree && list(children, 'children').length > 0) throw new BadView(`a tree deeper than ${deepestTree} levels`);
    for (const child of list(children, 'children')) node.children.push(open(child, depth + 1));
  }
  return { item, count: nodes.length };
}

function cleanFact(given: unknown): Fact {
  return {
    key: text(field(given, 'key'), 'fact.key'),
    title: text(field(given, 'title'), 'fact.title'),
    type: valueType(field(given, 'type')),
    value: cleanCell(field(given, 'value')),
    ...optional('note', field(given, 'note')),
    ...optionalDoor(field(given, 'door')),
  };
}

const headlines = ['memory', 'zones', 'waits', 'end'] as const;

function cleanHeadline(view: unknown): { headline?: Headline } {
  const given = field(view, 'headline');
  if (given === undefined) return {};
  const headline = headlines.find((word) => word === given);
  if (headline === undefined) throw new BadView(`headline is ${describe(given)}; it can be ${headlines.join(', ')}`);
  return { headline };
}

const certainties = ['certain', 'likely', 'possible'] as const;

function cleanFinding(given: unknown): Finding {
  const weight = Number(field(given, 'weight'));
  const doors = field(given, 'doors');
  const views = field(given, 'views');
  return {
    id: text(field(given, 'id'), 'finding.id'),
    weight: Number.isFinite(weight) ? Math.min(100, Math.max(0, weight)) : 0,
    certainty: certainties.find((word) => word === field(given, 'certainty')) ?? 'possible',
    moment: field(given, 'moment') === 'report' ? 'report' : 'dump',
    sentence: text(field(given, 'sentence'), 'finding.sentence'),
    evidence: list(field(given, 'evidence'), 'finding.evidence').map((line) => text(line, 'evidence')),
    ...(doors === undefined ? {} : { doors: list(doors, 'doors').flatMap((door) => Object.values(optionalDoor(door))) }),
    ...(views === undefined ? {} : { views: list(views, 'views').map((view) => text(view, 'finding.views')) }),
    ...optional('about', field(given, 'about')),
  };
}

function cleanLine(given: unknown): LogLine {
  return {
    ...optionalNumber('timeNs', field(given, 'timeNs')),
    ...optionalNumber('level', field(given, 'level')),
    ...optionalNumber('facility', field(given, 'facility')),
    ...optional('caller', field(given, 'caller')),
    ...optionalNumber('sequence', field(given, 'sequence')),
    text: text(field(given, 'text'), 'line.text'),
    ...(field(given, 'remark') === true ? { remark: true as const } : {}),
  };
}

function cleanStack(given: unknown): { item: Stack; count: number } {
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
    found: foundBy.find((word) => word === field(given, 'found')) ?? 'scanned',
    ...optionalPairs('arguments', field(given, 'arguments')),
    ...optionalPairs('locals', field(given, 'locals')),
    ...(isObject(registers)
      ? { registers: Object.fromEntries(Object.entries(registers).filter((pair): pair is [string, bigint] => typeof pair[1] === 'bigint')) }
      : {}),
    ...optional('note', field(given, 'note')),
  };
}

function cleanChart(view: ChartView, head: { id: string; title: string }): ChartView {
  return {
    kind: 'chart', ...head, unit: valueType(view.unit),
    bars: list(view.bars, 'bars').map((bar) => {
      const marks = field(bar, 'marks');
      const kind = partKinds.find((known) => known === field(bar, 'kind'));
      return { ...cleanMark(bar), ...(kind === undefined ? {} : { kind }), ...(marks === undefined ? {} : { marks: list(marks, 'marks').map(cleanMark) }) };
    }),
    ...optionalNumber('total', view.total),
    ...cleanHeadline(view),
  };
}

function cleanMark(given: unknown): { label: string; value: number } {
  const value = Number(field(given, 'value'));
  return { label: text(field(given, 'label'), 'label'), value: Number.isFinite(value) ? value : 0 };
}

const nodeKinds = ['cpu', 'task', 'lock', 'object'] as const;

function cleanGraph(view: GraphView, head: { id: string; title: string }): GraphView {
  return {
    kind: 'graph', ...head,
    nodes: list(view.nodes, 'nodes').map((node) => ({
      id: text(field(node, 'id'), 'node.id'),
      label: text(field(node, 'label'), 'node.label'),
      kind: nodeKinds.find((kind) => kind === field(node, 'kind')) ?? 'object',
      ...optionalDoor(field(node, 'door')),
    })),
    edges: list(view.edges, 'edges').map((edge) => ({
      from: text(field(edge, 'from'), 'edge.from'), to: text(field(edge, 'to'), 'edge.to'), label: text(field(edge, 'label'), 'edge.label'),
    })),
    cycles: list(view.cycles, 'cycles').map((cycle) => list(cycle, 'cycle').map((id) => text(id, 'cycle'))),
    ...cleanHeadline(view),
  };
}

function cleanCell(cell: unknown): Cell {
  switch (typeof cell) {
    case 'string': return shortened(cell);
    case 'number': return Number.isFinite(cell) ? cell : null;
    case 'bigint': case 'boolean': return cell;
    default:
  }
  if (cell === undefined || cell === null) return null;
  if (Array.isArray(cell)) return cell.map((part) => shortened(String(part)));
  if (isGap(cell)) {
    const address = field(cell, 'address');
    return { gap: true, what: text(cell.what, 'gap.what'), reason: text(cell.reason, 'gap.reason'), ...(typeof address === 'bigint' ? { address } : {}) };
  }
  throw new BadView(`a cell holds ${describe(cell)}`);
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new BadView(`${what} is ${describe(value)}, not text`);
  return shortened(value);
}

function shortened(value: string): string {
  return value.length <= longestText ? value : `${value.slice(0, longestText)}… (${value.length - longestText} characters more)`;
}

function bigint(value: unknown, what: string): bigint {
  if (typeof value !== 'bigint') throw new BadView(`${what} is ${describe(value)}, not an address`);
  return value;
}

function valueType(value: unknown): ValueType {
  if (typeof value !== 'string' || !valueTypes.has(value)) throw new BadView(`${describe(value)} is no type of value`);
  return value as ValueType;
}

/** Lists that are part of a view's head; rows come by iterables, which the runner limits. */
const longestList = 1_000_000;

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadView(`${what} is ${describe(value)}, not a list`);
  if (value.length > longestList) throw new BadView(`${what} has ${value.length} entries`);
  return value;
}

function iterable(value: unknown, what: string): Iterable<unknown> {
  if (!isObject(value) || !(Symbol.iterator in value)) throw new BadView(`${what} is ${describe(value)}, not a list or a generator`);
  return value as Iterable<unknown>;
}

function field(value: unknown, key: string): unknown {
  if (!isObject(value)) throw new BadView(`${describe(value)} stands where an object with ${key} is needed`);
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function optional<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return value === undefined || value === null ? {} : { [key]: text(value, key) } as { [P in K]?: string };
}

function optionalNumber<K extends string>(key: K, value: unknown): { [P in K]?: number } {
  return typeof value === 'number' && Number.isFinite(value) ? { [key]: value } as { [P in K]?: number } : {};
}

function optionalPairs<K extends string>(key: K, value: unknown): { [P in K]?: { name: string; value: string }[] } {
  if (value === undefined) return {};
  const pairs = list(value, key).map((pair) => ({ name: text(field(pair, 'name'), key), value: text(field(pair, 'value'), key) }));
  return { [key]: pairs } as { [P in K]?: { name: string; value: string }[] };
}

function optionalDoor(value: unknown): { door?: Door } {
  if (value === undefined || value === null) return {};
  return { door: { type: text(field(value, 'type'), 'door.type'), address: bigint(field(value, 'address'), 'door.address') } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'an object') : `a ${typeof value}`;
}
