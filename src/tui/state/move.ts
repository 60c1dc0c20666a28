import type { Line } from '../lines/line.js';
import { lineAt, placeOf, type PageLines } from '../lines/page-lines.js';
import type { Page, State } from './state.js';

/** Title and screens above, keys below. */
const headerRows = 2;
const footerRows = 1;

export function bodyRows({ size }: State): number {
  return Math.max(1, size.rows - headerRows - footerRows);
}

/** Column titles that stand above the lines in sight: those of a table whose own have scrolled away. */
export function pinnedAt(lines: PageLines, top: number): readonly Line[] {
  return placeOf(lines, top)?.block.pinned ?? [];
}

/** How many of a page's lines are in sight from `top` on. */
export function linesInSight(lines: PageLines, top: number, rows: number): number {
  return Math.max(1, rows - pinnedAt(lines, top).length);
}

/** The page with its cursor on a line that exists, and that line in sight. */
export function settle(page: Page, lines: PageLines, rows: number): Page {
  const cursor = Math.min(Math.max(0, page.cursor), Math.max(0, lines.length - 1));
  let top = Math.min(Math.max(0, page.top), Math.max(0, lines.length - 1));
  if (cursor < top) top = cursor;
  // The titles in sight depend on the first line, and the other way round: one step more settles it.
  for (let tries = 0; tries < 4 && cursor >= top + linesInSight(lines, top, rows); tries++) {
    top = cursor - linesInSight(lines, top, rows) + 1;
  }
  // No empty screen below the last line while there are lines above.
  const lowest = Math.max(0, lines.length - linesInSight(lines, top, rows));
  if (top > lowest && lines.length > 0) top = Math.min(cursor, lowest);
  return cursor === page.cursor && top === page.top ? page : { ...page, cursor, top };
}

export function moved(page: Page, lines: PageLines, rows: number, by: number): Page {
  return settle({ ...page, cursor: Math.min(Math.max(0, page.cursor + by), Math.max(0, lines.length - 1)) }, lines, rows);
}

/** A page on: the view moves, and the cursor with it. */
export function paged(page: Page, lines: PageLines, rows: number, by: number): Page {
  const top = Math.min(Math.max(0, page.top + by), Math.max(0, lines.length - linesInSight(lines, page.top, rows)));
  return settle({ ...page, top, cursor: page.cursor + by }, lines, rows);
}

/** The cursor on a line, in the middle of the screen if it was out of sight. */
export function movedTo(page: Page, lines: PageLines, rows: number, cursor: number): Page {
  const inSight = cursor >= page.top && cursor < page.top + linesInSight(lines, page.top, rows);
  return settle({ ...page, cursor, top: inSight ? page.top : Math.max(0, cursor - (rows >> 1)) }, lines, rows);
}

export function cursorLine(page: Page, lines: PageLines): Line | undefined {
  return lineAt(lines, page.cursor);
}
