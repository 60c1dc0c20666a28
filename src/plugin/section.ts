import type {
  ChartView,
  FactsView,
  FindingsView,
  Gap,
  GraphView,
  LogLine,
  LogView,
  Row,
  Stack,
  StackView,
  TableView,
  TreeNode,
  TreeView,
} from '../words/views.js';

/** How a plugin's run ended; each but `done` with the reason in words. What it yielded before stands in any case. */
export type Outcome =
  | { kind: 'done' }
  /**
   * It has nothing to work on: this kernel lacks a shape that it needs (`fault`), or the question does not fit the
   * dump.
   */
  | { kind: 'unavailable'; reason: string; fault?: 'kernel' }
  /** It broke. `fault` says whose it is: memory that can't be read, or the plugin's own code. */
  | { kind: 'failed'; reason: string; fault: 'dump' | 'plugin'; where?: string }
  | { kind: 'cut short'; reason: string };

/** A view whose rows have all been pulled. */
export type SolidView =
  | FactsView
  | ChartView
  | GraphView
  | FindingsView
  | (TableView & { rows: readonly Row[] })
  | (TreeView & { roots: readonly TreeNode[] })
  | (LogView & { lines: readonly LogLine[] })
  | (StackView & { stacks: readonly Stack[] });

/** What one plugin said of one dump. */
export interface Section {
  readonly plugin: string;
  readonly title: string;
  /** The plugin is a user's: what it tells is not known to be of any kind, but by the types of its columns. */
  readonly isUsers?: true;
  readonly outcome: Outcome;
  readonly views: readonly SolidView[];
  readonly gaps: readonly Gap[];
}

/** How much one run may take; the defaults are far above what a real dump needs. */
export interface Limits {
  /** Wall time in milliseconds. */
  ms: number;
  /** Rows, lines, stacks and tree nodes over all views. */
  items: number;
  views: number;
}

/** A machine with a million threads is real; a report of ten million rows is a plugin that does not end. */
export const defaultLimits: Limits = { ms: 120_000, items: 2_000_000, views: 10_000 };

/**
 * For a user's plugin: what it may take beside the dump that is open for it, and how long its file may take to load.
 */
export const memoryLimit = 1024 * 1024 * 1024;
export const loadLimitMs = 10_000;
