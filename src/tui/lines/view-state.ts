import type { Units } from '../../report/format-value.js';
import type { SolidView } from '../../plugin/section.js';
import type { Door, Sorting } from '../../words/views.js';
import type { CellStyle, TableIndex } from './table-index.js';

/** A view as far as it has come in, with what scrolling it needs. */
export interface ShownView {
  /** Of the plugin and the view: 'zones/3'. */
  key: string;
  view: SolidView;
  /** Of tables and trees. */
  index?: TableIndex;
}

/** Prose is hard to read on longer lines, however wide the screen. */
export const widestProse = 110;

export type TimeStyle = 'boot' | 'delta' | 'none';

/** How a page is looked at. */
export interface Look {
  /** Folds that are not as they are at first. */
  folds: ReadonlySet<string>;
  /** How all folds are but for those in `folds`; without it each as its kind is at first. */
  all?: 'open' | 'closed';
  sortings: Readonly<Record<string, Sorting>>;
  filter: string;
  /** Log lines up to this level; 7 is all. */
  level: number;
  times: TimeStyle;
  /** Sizes in tables as the kernel counts them. */
  exact: boolean;
  /** How far the page is moved to the right: columns of a table, or eights of text columns. */
  shift: number;
}

export const firstLook: Look = {
  folds: new Set(),
  sortings: {},
  filter: '',
  level: 7,
  times: 'boot',
  exact: false,
  shift: 0,
};

/** An object among `Room.named`: its first member has the same address, and another type. */
export function nameOfObject({ type, address }: Door): string {
  return `${type} ${address}`;
}

/** What laying out a view depends on. */
export interface Room {
  width: number;
  height: number;
  /** What the cursor is on is shown beside the list: nothing needs to be open in it. */
  aside: boolean;
  /** What the findings name: pids, and objects by `nameOfObject`. */
  named: ReadonlySet<number | string>;
  units: Units;
  look: Look;
  /** What an empty view says: that it has nothing, as far as could be read or so far. */
  empty?: 'unread' | 'reading';
}

/** In place of a view that has nothing to show. */
export function emptyLine({ empty }: Room): string {
  return empty === 'reading' ? '…' : empty === 'unread' ? 'none that could be read' : 'none';
}

/** How deep a tree is open at first: an object shows its own members, what stands in them is closed. */
export function openDepthOf({ id }: SolidView): number {
  return id === 'object' ? 0 : Infinity;
}

/** How sizes in a table are told: offsets in a struct are exact whatever is asked for. */
export function cellStyle({ id }: SolidView, { exact }: Look): CellStyle {
  return exact || id === 'layout' ? 'exact' : 'sized';
}

export function isOpen({ folds, all }: Look, fold: string, openAtFirst: boolean): boolean {
  return folds.has(fold) !== (all === undefined ? openAtFirst : all === 'open');
}

/** Text moves sideways by so many columns at a time. */
export const shiftStep = 8;
