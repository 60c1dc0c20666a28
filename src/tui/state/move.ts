import type { Line } from '../lines/line.js';
import { lineAt, placeOf, type PageLines } from '../lines/page-lines.js';
import type { Page, State } from './state.js';

/** Title and screens above, keys below. */
export const headerRows = 2;
const footerRows = 1;

export function bodyRows(state: State): number {
  const { size, mode } = state;
  // Under what is asked of the dump stands what there is to choose from, or why it is nothing.
  const prompt = mode.kind === 'input' && mode.purpose === 'question' ? promptRows(size.rows) : 0;
  return Math.max(1, pageRows(state) - prompt);
}

/** What a page is laid out for: a prompt covers the end of it, and changes nothing above. */
export function pageRows({ size }: State): number {
  return Math.max(1, size.rows - headerRows - footerRows);
}

/** Lines under the prompt: as many as leave room for the page. */
export function promptRows(rows: number): number {
  return Math.min(8, Math.max(1, (rows >> 1) - 4));
}

/** Column titles that stand above the lines in sight: those of a table whose own have scrolled away. */
export function pinnedAt(lines: PageLines, top: number): readonly Line[] {
  return placeOf(lines, top)?.block.pinned ?? [];
}

/** How many of a page's lines are in sight from `top` on. */
export function linesInSight(lines: PageLines, top: number, rows: number): number {
  return Math.max(1, rows - pinnedAt(lines, top).length);
}

/** The page with its cursor on a line that exists, and that entry in sight. */
export function settle(page: Page, lines: PageLines, rows: number): Page {
  const last = Math.max(0, lines.length - 1);
  const start = page.fresh ? startOf(lines) : undefined;
  const cursor = Math.min(Math.max(0, start?.cursor ?? page.cursor), last);
  let top = Math.min(Math.max(0, start?.story ? cursor - Math.floor(rows * aboveTheStart) : page.top), last);
  if (cursor < top) top = cursor;
  const end = entryEnd(lines, cursor, rows);
  // The titles in sight depend on the first line, and the other way round: one step more settles it.
  for (let tries = 0; tries < 4 && end >= top + linesInSight(lines, top, rows); tries++) {
    top = Math.min(cursor, end - linesInSight(lines, top, rows) + 1);
  }
  // No empty screen below the last line while there are lines above.
  const lowest = Math.max(0, lines.length - linesInSight(lines, top, rows));
  if (top > lowest && lines.length > 0) top = Math.min(cursor, lowest);
  return cursor === page.cursor && top === page.top ? page : { ...page, cursor, top };
}

/** How much of the screen shows what came before the line that a page opens at. */
const aboveTheStart = 0.6;

/** Where a page opens on which nobody has moved: its first entry, or the end of the story that it begins with. */
function startOf(lines: PageLines): { cursor: number; story: boolean } {
  const cursor = stopFrom(lines, 0, 1) ?? 0;
  const opensAt = placeOf(lines, cursor)?.block.opensAt;
  return opensAt === undefined ? { cursor, story: false } : { cursor: cursor + opensAt, story: true };
}

/** The last line of the entry that the cursor is on; of one that is longer than the screen, the first. */
export function entryEnd(lines: PageLines, cursor: number, rows: number): number {
  // Within a long one the lines are stops as they come.
  if (lineAt(lines, cursor)?.part !== undefined) return cursor;
  let end = cursor;
  while (end - cursor < rows && lineAt(lines, end + 1)?.part === 'goesOn') end++;
  return end - cursor >= rows - 1 ? cursor : end;
}

/** The first line of the entry that a line belongs to. */
export function entryStart(lines: PageLines, at: number): number {
  let start = at;
  while (start > 0 && lineAt(lines, start)?.part === 'goesOn') start--;
  return start;
}

/** An entry up or down, over titles; at the ends what lies beyond the last comes into sight. */
export function moved(page: Page, lines: PageLines, rows: number, by: number): Page {
  const direction = by > 0 ? 1 : -1;
  const next = stopFrom(lines, page.cursor + by, direction, rows);
  if (next !== undefined) return settle({ ...page, fresh: false, cursor: next }, lines, rows);
  return settle({ ...page, fresh: false, top: by > 0 ? lines.length : 0 }, lines, rows);
}

/** The beginning of the page, the cursor on the first line that is more than a title. */
export function toTop(page: Page, lines: PageLines, rows: number): Page {
  return settle({ ...page, fresh: false, top: 0, cursor: stopFrom(lines, 0, 1) ?? 0 }, lines, rows);
}

/** The last entry, and the end of the page in sight. */
export function toBottom(page: Page, lines: PageLines, rows: number): Page {
  const last = lines.length - 1;
  return settle({ ...page, fresh: false, top: last, cursor: stopFrom(lines, last, -1, rows) ?? last }, lines, rows);
}

/** The next line that the cursor stops at; where an entry is longer than a screen, nearly a screen further. */
function stopFrom(lines: PageLines, from: number, direction: 1 | -1, rows = Infinity): number | undefined {
  let at = from;
  for (; at >= 0 && at < lines.length; at += direction) {
    if (isStop(lines, at)) return at;
    if (Math.abs(at - from) >= rows - 2) return at;
  }
  return undefined;
}

/** Whether there is anything yet that the cursor stops at. */
export function hasEntries(lines: PageLines): boolean {
  return stopFrom(lines, 0, 1) !== undefined;
}

function isStop(lines: PageLines, at: number): boolean {
  const place = placeOf(lines, at);
  return place !== undefined && !place.block.passive && place.block.line(place.index).part === undefined;
}

/** A page on: the view moves, and the cursor with it. */
export function paged(page: Page, lines: PageLines, rows: number, by: number): Page {
  const top = Math.min(Math.max(0, page.top + by), Math.max(0, lines.length - linesInSight(lines, page.top, rows)));
  const wanted = Math.min(Math.max(0, page.cursor + by), Math.max(0, lines.length - 1));
  const cursor =
    stopFrom(lines, wanted, by > 0 ? 1 : -1, rows) ?? stopFrom(lines, wanted, by > 0 ? -1 : 1, rows) ?? wanted;
  return settle({ ...page, fresh: false, top, cursor }, lines, rows);
}

/** The view by so many lines, as a wheel turns it; the cursor only as far as it must to stay in sight. */
export function scrolled(page: Page, lines: PageLines, rows: number, by: number): Page {
  const top = Math.min(Math.max(0, page.top + by), Math.max(0, lines.length - linesInSight(lines, page.top, rows)));
  const lowest = top + linesInSight(lines, top, rows) - 1;
  if (page.cursor >= top && page.cursor <= lowest) return settle({ ...page, fresh: false, top }, lines, rows);
  const edge = page.cursor < top ? top : lowest;
  const inSight = (at: number | undefined): at is number => at !== undefined && at >= top && at <= lowest;
  const inward = stopFrom(lines, edge, page.cursor < top ? 1 : -1, rows);
  return settle({ ...page, fresh: false, top, cursor: inSight(inward) ? inward : edge }, lines, rows);
}

/** The cursor on a line, in the middle of the screen if it was out of sight. */
export function movedTo(page: Page, lines: PageLines, rows: number, cursor: number): Page {
  const inSight = cursor >= page.top && cursor < page.top + linesInSight(lines, page.top, rows);
  return settle(
    { ...page, fresh: false, cursor, top: inSight ? page.top : Math.max(0, cursor - (rows >> 1)) },
    lines,
    rows,
  );
}

export function cursorLine(page: Page, lines: PageLines): Line | undefined {
  return lineAt(lines, page.cursor);
}
