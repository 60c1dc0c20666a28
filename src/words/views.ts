import type { Door, Finding } from './finding.js';
import type { Gap } from './gap.js';

export type { Certainty, Premise } from './certainty.js';
export type { Door, Finding } from './finding.js';
export type { Gap } from './gap.js';
export type { Subject, SubjectKind } from './subject.js';
export type { Facts, FactUnit, FindingFact } from './told.js';

/**
 * What a plugin yields: data with column types and units, never text laid out. The same view becomes text, JSON,
 * Markdown, HTML and a screen.
 */
export type View = FactsView | TableView | TreeView | LogView | StackView | ChartView | GraphView | FindingsView;

/**
 * How a cell is to be read. Sizes are told in the unit that the kernel counts in; renderers convert and label. `text`
 * may be anything that a dump holds; a `word` is the kernel's own, the same on every machine ("tmpfs", "TCP").
 */
export type ValueType =
  | 'text'
  | 'word'
  | 'integer'
  | 'boolean'
  | 'address'
  | 'symbol'
  | 'bytes'
  | 'kB'
  | 'pages'
  | 'ns'
  | 'ms'
  | 'unixTime'
  | 'percent'
  | 'flags'
  | 'pid'
  | 'task';

/** A cell. null is "does not apply"; a `Gap` is "could not be read". Addresses are bigint. */
export type Cell = string | number | bigint | boolean | null | readonly string[] | Gap;

/** A column of a table or tree: how its cells are read, and what is shown where room is short. */
export interface Column {
  /** Stable, for JSON: 'freePages'. */
  key: string;
  /** For people: 'FREE'. */
  title: string;
  type: ValueType;
  /** Hidden where room is short; higher goes first. */
  dispensable?: number;
  /** Bare numbers in the column's unit wherever it is shown, never rounded: an offset, a score. */
  exact?: true;
}

/** A name and a value. */
export interface Fact {
  key: string;
  title: string;
  type: ValueType;
  value: Cell;
  /** A remark beside the value. */
  note?: string;
  /** The object that the value is a door to. */
  door?: Door;
}

/**
 * A view that belongs beside the verdict, by what it tells of. A page shows one of each subject at its top: that of the
 * plugin of the first finding before another's.
 */
export type Headline = 'memory' | 'zones' | 'waits' | 'end';

/** Names and values, as `facts` makes them. */
export interface FactsView {
  kind: 'facts';
  id: string;
  title: string;
  facts: readonly Fact[];
  headline?: Headline;
}

/** Cells by column key; `door` says what object the row stands for. */
export interface Row {
  cells: Readonly<Record<string, Cell>>;
  door?: Door;
}

/** Rows under columns, as `table` makes them. */
export interface TableView {
  kind: 'table';
  id: string;
  title: string;
  columns: readonly Column[];
  rows: Iterable<Row>;
  note?: string;
  /** The order that the rows are in: a screen marks the column, and sorts by it until it is told otherwise. */
  sorted?: Sorting;
  /** Less telling than what stands before it: a screen shows the title only until it is opened. */
  folded?: true;
}

/** By the cells of one column; equal ones keep their order. */
export interface Sorting {
  column: string;
  descending: boolean;
}

/** A row with rows below it. */
export interface TreeNode extends Row {
  children: readonly TreeNode[];
}
/** A table whose rows have children; the first column is the one that is indented. */
export interface TreeView {
  kind: 'tree';
  id: string;
  title: string;
  columns: readonly Column[];
  roots: Iterable<TreeNode>;
  note?: string;
}

/** A record of a log. Times are in nanoseconds; what a record does not have is left out. */
export interface LogLine {
  /** Since boot. */
  timeNs?: number;
  level?: number;
  facility?: number;
  /** "T123" or "C0", as the kernel prints it. */
  caller?: string;
  sequence?: number;
  /** May hold newlines: further lines of one record. */
  text: string;
  /** Lines of ours, not of the log: "3 records reserved but never committed". */
  remark?: true;
}
/** Lines of a log, as `log` makes them. */
export interface LogView {
  kind: 'log';
  id: string;
  title: string;
  lines: Iterable<LogLine>;
}

/** One function of a stack, the innermost first, and how it was found. */
export interface StackFrame {
  index: number;
  ip: bigint;
  /** The stack pointer in this frame. */
  sp?: bigint;
  function?: string;
  offset?: number;
  module?: string;
  inlined?: true;
  file?: string;
  line?: number;
  /**
   * unwound: by ORC or CFI; framePointer; call: behind a call of the function below; scanned: a return address found on
   * the stack, not sure.
   */
  found: 'registers' | 'unwound' | 'framePointer' | 'call' | 'scanned';
  arguments?: readonly { name: string; value: string }[];
  locals?: readonly { name: string; value: string }[];
  /** An entry frame: registers saved in a pt_regs, and what kind of entry. */
  registers?: Readonly<Record<string, bigint>>;
  note?: string;
}
/** The frames of one task or CPU. */
export interface Stack {
  title: string;
  door?: Door;
  frames: readonly StackFrame[];
  /** Why it ends where it ends, where that is not simply the bottom. */
  end?: string;
  /** Titles of further tasks with this same stack. */
  sameAs?: readonly string[];
}
/** Call stacks, as `stacks` makes them. */
export interface StackView {
  kind: 'stack';
  id: string;
  title: string;
  stacks: Iterable<Stack>;
}

/** What memory is used for. A kind looks the same in every picture. */
export const partKinds = [
  'anon',
  'file',
  'shmem',
  'unevictable',
  'slab-unreclaimable',
  'slab-reclaimable',
  'slab',
  'page-tables',
  'kernel-stacks',
  'kernel',
  'hugetlb',
  'percpu',
  'zram',
  'pipes',
  'sockets',
  'free',
  'unknown',
] as const;
/** One of them. */
export type PartKind = (typeof partKinds)[number];

/** Parts of a whole, or bars against marks (a zone's free pages against min, low, high). */
export interface ChartView {
  kind: 'chart';
  id: string;
  title: string;
  unit: ValueType;
  bars: readonly {
    label: string;
    value: number;
    kind?: PartKind;
    marks?: readonly { label: string; value: number }[];
  }[];
  total?: number;
  headline?: Headline;
}

/** Who waits for whom, as `graph` makes it. */
export interface GraphView {
  kind: 'graph';
  id: string;
  title: string;
  nodes: readonly { id: string; label: string; kind: 'cpu' | 'task' | 'lock' | 'object'; door?: Door }[];
  edges: readonly { from: string; to: string; label: string }[];
  /** Node ids of each cycle. */
  cycles: readonly (readonly string[])[];
  headline?: Headline;
}

/** A finding as a plugin may give it. */
export interface GivenFinding extends Finding {
  /** @deprecated The name of a subject, as plugins gave it before there were any; it becomes one of kind `other`. */
  readonly about?: string;
}

/** Conclusions, as `findings` makes them. */
export interface FindingsView {
  kind: 'findings';
  id: string;
  title: string;
  findings: readonly Finding[];
}
