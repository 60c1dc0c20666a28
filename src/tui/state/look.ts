import type { Sorting } from '../../words/views.js';
import { isEmpty } from '../../report/empty-view.js';
import { widthOf } from '../../report/lay-out-table.js';
import type { Line } from '../lines/line.js';
import type { Action } from './actions.js';
import { hasLevels, hasTimes } from '../lines/log-block.js';
import { placeOf, type PageLines } from '../lines/page-lines.js';
import { isSize } from '../lines/table-index.js';
import { hidesToTheRight, sortableColumns, sortingOf } from '../lines/table-block.js';
import { shiftStep, type Look, type Room, type ShownView, type TimeStyle } from '../lines/view-state.js';
import { withPage } from './history.js';
import { linesOf, roomOf } from './page-blocks.js';
import { bodyRows, cursorLine, linesInSight, movedTo } from './move.js';
import { viewsOf } from './panes.js';
import { pageOf, type Page, type State } from './state.js';

/** Moves a wide page, or closes and opens the fold under the cursor. */
export function sideways(state: State, by: 1 | -1): State {
  const page = pageOf(state);
  const fold = cursorLine(page, linesOf(state, page))?.fold;
  if (fold !== undefined && page.look.shift === 0) {
    const toggled = withFold(state, page, fold);
    // Whether it was open is what its lines say: open ones are more.
    const [before, after] = [linesOf(state, page).length, linesOf(toggled, pageOf(toggled)).length];
    if (by > 0 ? after > before : after < before) return toggled;
  }
  if (by > 0 && !goesOnToTheRight(state, page)) return saying(state, 'there is no more to the right');
  const shift = Math.max(0, page.look.shift + by);
  return shift === page.look.shift ? state : withLook(state, page, { shift });
}

/** Whether a line in sight has more text than there is room for, or a table more columns. */
function goesOnToTheRight(state: State, page: Page): boolean {
  const lines = linesOf(state, page);
  const room = roomOf(state, page);
  const hidden = new Set(viewsOf(state, page).flatMap((shown) => (hidesToTheRight(shown, room) ? [shown.key] : [])));
  const end = Math.min(lines.length, page.top + linesInSight(lines, page.top, bodyRows(state)));
  for (let at = page.top; at < end; at++) {
    const { block, index } = placeOf(lines, at)!;
    if (block.ownShift === true ? hidden.has(block.view ?? '') : isWider(block.line(index), page, room)) return true;
  }
  return false;
}

function isWider({ spans }: Line, { look }: Page, { width }: Room): boolean {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0) - look.shift * shiftStep > width;
}

export function toggleFold(state: State): State {
  const page = pageOf(state);
  const fold = cursorLine(page, linesOf(state, page))?.fold;
  return fold === undefined ? state : withFold(state, page, fold);
}

export function toggleAllFolds(state: State): State {
  const page = pageOf(state);
  const all = page.look.all === 'open' ? ('closed' as const) : ('open' as const);
  return withLook(state, page, { all, folds: new Set() });
}

/** The state with a filter, the cursor on the first row that it leaves. */
export function withFilter(state: State, filter: string): State {
  return withLook(state, pageOf(state), { filter });
}

/** Sorts the table under the cursor by the column beside the present one. */
export function sortBy(state: State, by: 1 | -1): State {
  const page = pageOf(state);
  const table = tableToSort(state, page);
  if (table === undefined) return saying(state, 'no table to be sorted is in sight');
  const columns = sortableColumns(table, roomOf(state, page));
  if (columns.length === 0) return state;
  const at = columns.findIndex(({ key }) => key === sortingOf(table, page.look)?.column);
  const first = by > 0 ? 0 : columns.length - 1;
  const to = at < 0 ? first : (at + by + columns.length) % columns.length;
  // Numbers are sorted to find the largest.
  const descending = columns[to]!.type !== 'text';
  return sorted(state, page, table, { column: columns[to]!.key, descending });
}

function sorted(state: State, page: Page, { key, view }: ShownView, sorting: Sorting): State {
  const title = view.kind === 'table' ? view.columns.find((column) => column.key === sorting.column)?.title : undefined;
  return saying(
    withLook(state, page, { sortings: { ...page.look.sortings, [key]: sorting } }),
    `sorted by ${title ?? sorting.column}, ${sorting.descending ? 'descending' : 'ascending'}`,
  );
}

export function reverse(state: State): State {
  const page = pageOf(state);
  const table = tableToSort(state, page);
  const sorting = table && sortingOf(table, page.look);
  if (table === undefined || sorting === undefined) return sortBy(state, 1);
  return sorted(state, page, table, { ...sorting, descending: !sorting.descending });
}

/** Whether a table among these has sizes that can be told in two ways. */
export function hasSizes(views: readonly ShownView[]): boolean {
  return views.some(
    ({ view }) => (view.kind === 'table' || view.kind === 'tree') && !isEmpty(view) && view.columns.some(isSize),
  );
}

/** Sizes as people read them, or exact. */
function toggleExact(state: State): State {
  const page = pageOf(state);
  if (!hasSizes(viewsOf(state, page))) return saying(state, 'no table on this screen has sizes');
  const exact = !page.look.exact;
  return {
    ...withLook(state, page, { exact }),
    message: {
      text: exact ? 'exact sizes, in the units that the kernel counts in' : 'sizes in KiB, MiB and GiB',
      bad: false,
    },
  };
}

const nextTimes: Readonly<Record<TimeStyle, TimeStyle>> = { boot: 'delta', delta: 'none', none: 'boot' };
const timesInWords: Readonly<Record<TimeStyle, string>> = {
  boot: 'time since boot',
  delta: 'time since the line before',
  none: 'no time',
};

export function nextTimeStyle(state: State): State {
  if (!hasTimes(viewsOf(state, pageOf(state)))) return saying(state, 'nothing on this screen has a time to be shown');
  const times = nextTimes[pageOf(state).look.times];
  return { ...withLook(state, pageOf(state), { times }), message: { text: timesInWords[times], bad: false } };
}

function saying(state: State, text: string): State {
  return { ...state, message: { text, bad: false } };
}

/** All, then without debug and info, warnings and worse, errors and worse. */
const levels: readonly (readonly [level: number, words: string])[] = [
  [7, 'all levels'],
  [5, 'notices and worse'],
  [4, 'warnings and worse'],
  [3, 'errors and worse'],
];

export function nextLevel(state: State): State {
  const page = pageOf(state);
  if (!hasLevels(viewsOf(state, page))) return saying(state, 'nothing on this screen has levels');
  const at = levels.findIndex(([level]) => level === page.look.level);
  const [level, words] = levels[(at + 1) % levels.length]!;
  return { ...withLook(state, page, { level }), message: { text: words, bad: false } };
}

function isEvent(lines: PageLines, at: number): boolean {
  const place = placeOf(lines, at);
  return place?.block.isEvent?.(place.index) === true;
}

/** A longer log has some, in all likelihood; to ask each of its lines for a key at the foot would take too long. */
const longestAsked = 2_000;

/** Whether `e` or `E` leads anywhere. */
export function hasEventElsewhere(lines: PageLines, cursor: number): boolean {
  if (lines.blocks.every((block) => block.isEvent === undefined)) return false;
  if (lines.length > longestAsked) return true;
  for (let at = 0; at < lines.length; at++) if (at !== cursor && isEvent(lines, at)) return true;
  return false;
}

function toEvent(state: State, direction: 1 | -1): State {
  const page = pageOf(state);
  const lines = linesOf(state, page);
  if (lines.blocks.every((block) => block.isEvent === undefined))
    return saying(state, 'there is no log on this screen');
  for (let at = page.cursor + direction; at >= 0 && at < lines.length; at += direction)
    if (isEvent(lines, at)) return withPage(state, movedTo(page, lines, bodyRows(state), at));
  return {
    ...state,
    message: {
      text: direction > 0 ? 'no OOM report, oops or panic further down' : 'no OOM report, oops or panic further up',
      bad: false,
    },
  };
}

/**
 * The next verdict, open, and the others closed: a small screen shows one at a time. That is the one under the cursor
 * where it can be opened and is not.
 */
export function toFinding(state: State, direction: 1 | -1): State {
  const page = pageOf(state);
  const found = findingsIn(linesOf(state, page));
  if (found.length === 0) return saying(state, 'there is no finding on this screen');
  const { aside } = roomOf(state, page);
  const next =
    direction > 0
      ? found.find(({ at, open }) => at > page.cursor || (at === page.cursor && !open && !aside))
      : found.findLast(({ at }) => at < page.cursor);
  if (next === undefined)
    return {
      ...state,
      message: { text: direction > 0 ? 'no finding further down' : 'no finding further up', bad: false },
    };
  const folds = new Set(page.look.folds);
  // Where it is told beside the list nothing need be open in it.
  if (!aside) {
    for (const { fold, open } of found) if (open !== (fold === next.fold) && !folds.delete(fold)) folds.add(fold);
  }
  const opened = withLook(state, page, { folds });
  const lines = linesOf(opened);
  return withPage(
    opened,
    movedTo(
      pageOf(opened),
      lines,
      bodyRows(opened),
      findingsIn(lines).find(({ fold }) => fold === next.fold)?.at ?? next.at,
    ),
  );
}

/** Where the verdicts of a page begin. */
function findingsIn({ blocks, starts }: PageLines): { at: number; fold: string; open: boolean }[] {
  return blocks.flatMap((block, place) => {
    if (!block.wraps) return [];
    return Array.from({ length: block.length }, (_, index) => ({ line: block.line(index), index })).flatMap(
      ({ line, index }) =>
        line.finding === undefined || line.fold === undefined
          ? []
          : [{ at: starts[place]! + index, fold: line.fold, open: line.finding === 'open' }],
    );
  });
}

export function lookAction(state: State, action: Action): State | undefined {
  switch (action.kind) {
    case 'sideways':
      return sideways(state, action.by);
    case 'fold':
      return toggleFold(state);
    case 'foldAll':
      return toggleAllFolds(state);
    case 'sort':
      return sortBy(state, action.by);
    case 'exact':
      return toggleExact(state);
    case 'reverse':
      return reverse(state);
    case 'times':
      return nextTimeStyle(state);
    case 'level':
      return nextLevel(state);
    case 'event':
      return toEvent(state, action.direction);
    case 'finding':
      return toFinding(state, action.direction);
    default:
      return undefined;
  }
}

function withFold(state: State, page: Page, fold: string): State {
  const folds = new Set(page.look.folds);
  if (!folds.delete(fold)) folds.add(fold);
  const toggled = withLook(state, page, { folds });
  const lines = linesOf(toggled);
  const at = findingsIn(lines).find((one) => one.fold === fold)?.at;
  // What closes takes its lines along: the cursor goes to its head.
  if (at === undefined || page.cursor <= at) return toggled;
  return withPage(toggled, movedTo(pageOf(toggled), lines, bodyRows(toggled), at));
}

function withLook(state: State, page: Page, change: Partial<Look>): State {
  return withPage(state, { ...page, look: { ...page.look, ...change } });
}

/** The table that the cursor is in, else the first in sight: one sees what becomes of it. */
export function tableToSort(state: State, page: Page = pageOf(state)): ShownView | undefined {
  const lines = linesOf(state, page);
  const tables = new Map(
    [...viewsOf(state, page), ...Object.values(state.sections).flatMap(({ views }) => views)].flatMap((shown) =>
      shown.view.kind === 'table' && (shown.index?.rows.length ?? 0) > 1 ? [[shown.key, shown] as const] : [],
    ),
  );
  const end = Math.min(lines.length, page.top + linesInSight(lines, page.top, bodyRows(state)));
  for (const at of [page.cursor, ...Array.from({ length: end - page.top }, (_, line) => page.top + line)]) {
    const table = tables.get(placeOf(lines, at)?.block.view ?? '');
    if (table !== undefined) return table;
  }
  return undefined;
}
