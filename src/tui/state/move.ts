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
  const wanted = page.fresh ? (activeFrom(lines, 0, 1) ?? 0) : page.cursor;
  const cursor = Math.min(Math.max(0, wanted), Math.max(0, lines.length - 1));
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

/** A line up or down, over titles; at the ends what lies beyond the last such line comes into sight. */
export function moved(page: Page, lines: PageLines, rows: number, by: number): Page {
  const next = activeFrom(lines, page.cursor + by, by > 0 ? 1 : -1);
  if (next !== undefined) return settle({ ...page, fresh: false, cursor: next }, lines, rows);
  return settle({ ...page, fresh: false, top: by > 0 ? lines.length : 0 }, lines, rows);
}

/** The beginning of the page, the cursor on the first line that is more than a title. */
export function toTop(page: Page, lines: PageLines, rows: number): Page {
  return settle({ ...page, fresh: false, top: 0, cursor: activeFrom(lines, 0, 1) ?? 0 }, lines, rows);
}

function activeFrom(lines: PageLines, from: number, direction: 1 | -1): number | undefined {
  for (let at = from; at >= 0 && at < lines.length; at += direction) {
    const place = placeOf(lines, at);
    if (place !== undefined && !place.block.passive) return at;
  }
  return undefined;
}

/** A page on: the view moves, and the cursor with it. */
export function paged(page: Page, lines: PageLines, rows: number, by: number): Page {
  const top = Math.min(Math.max(0, page.top + by), Math.max(0, lines.length - linesInSight(lines, page.top, rows)));
  return settle({ ...page, fresh: false, top, cursor: page.cursor + by }, lines, rows);
}

/** The cursor on a line, in the middle of the screen if it was out of sight. */
export function movedTo(page: Page, lines: PageLines, rows: number, cursor: number): Page {
  const inSight = cursor >= page.top && cursor < page.top + linesInSight(lines, page.top, rows);
  return settle({ ...page, fresh: false, cursor, top: inSight ? page.top : Math.max(0, cursor - (rows >> 1)) }, lines, rows);
}

export function cursorLine(page: Page, lines: PageLines): Line | undefined {
  return lineAt(lines, page.cursor);
}
