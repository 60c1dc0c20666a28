import { Box, Text } from 'ink';
import { createElement, useContext, type ReactElement } from 'react';
import { cutSpans, shiftSpans, span, type Line, type Span } from '../lines/line.js';
import { lineAt, placeOf, sameLine, type PageLines } from '../lines/page-lines.js';
import { linesOf } from '../state/page-blocks.js';
import { bodyRows, entryEnd, linesInSight, pinnedAt, settle } from '../state/move.js';
import { dividerWidth, margin, panesOf } from '../state/panes.js';
import { pageOf, type Page, type State } from '../state/state.js';
import { LineText } from './line-text.js';
import { shiftStep } from '../lines/view-state.js';
import { ThemeContext } from './theme.js';
import { counted } from '../../words/quantity.js';

interface ShownLine {
  spans: readonly Span[];
  chosen?: boolean;
}

/** The page, and beside it the list that it was opened from, or what the cursor is on: only lines in sight are made. */
export function Body({ state }: { state: State }): ReactElement {
  const theme = useContext(ThemeContext);
  const page = pageOf(state);
  const rows = bodyRows(state);
  const { columns } = state.size;
  const { width, list, detail } = panesOf(state);
  const lines = linesOf(state, page);
  const main = linesShown(page, lines, rows);
  const search = page.search.toLowerCase();
  if (list === undefined && detail === undefined)
    return <Lines lines={main} width={columns} rows={rows} search={search} />;
  const left = list === undefined ? main : listShown(state, list.page, list.width, rows);
  const right = list === undefined ? detailShown(page, lines, detail!, rows) : main;
  const leftWidth = list?.width ?? width;
  return (
    <Box height={rows} flexShrink={0}>
      <Lines lines={left} width={leftWidth} rows={rows} search={list === undefined ? search : ''} />
      <Text {...theme.quiet}>{Array.from({ length: rows }, () => ' │ ').join('\n')}</Text>
      <Lines
        lines={right}
        width={columns - leftWidth - dividerWidth}
        rows={rows}
        search={list === undefined ? '' : search}
      />
    </Box>
  );
}

function Lines({
  lines,
  width,
  rows,
  search,
}: {
  lines: readonly ShownLine[];
  width: number;
  rows: number;
  search: string;
}): ReactElement {
  const shown = lines.map(({ spans, chosen = false }) => (
    <LineText width={width} chosen={chosen} search={search} spans={spans} />
  ));
  // Rows of the screen are known by their places alone.
  return createElement(Box, { flexDirection: 'column', width, height: rows, flexShrink: 0 }, ...shown);
}

function linesShown(page: Page, lines: PageLines, rows: number): ShownLine[] {
  const shown: ShownLine[] = pinnedAt(lines, page.top)
    .slice(0, rows - 1)
    .map((line) => ({ spans: [span(' '.repeat(margin)), ...line.spans] }));
  const end = Math.min(lines.length, page.top + linesInSight(lines, page.top, rows));
  const entry = entryEnd(lines, page.cursor, rows);
  for (let at = page.top; at < end; at++) {
    const place = placeOf(lines, at);
    if (place === undefined) continue;
    const { spans } = place.block.line(place.index);
    const moved: Span[] = place.block.ownShift ? [...spans] : shiftSpans(spans, page.look.shift * shiftStep);
    const chosen = at === page.cursor;
    shown.push({
      spans: [
        span(chosen ? '> ' : at > page.cursor && at <= entry ? '│ ' : '  ', chosen ? undefined : 'heading'),
        ...moved,
      ],
      chosen,
    });
  }
  return shown;
}

/** The list that the page was opened from, with the entry that it was opened by. */
function listShown(state: State, page: Page, width: number, rows: number): ShownLine[] {
  const before = linesOf(state, page);
  const lines = linesOf(state, page, width);
  const cursor = sameLine(before, page.cursor, lines);
  return linesShown(
    settle({ ...page, fresh: false, cursor, top: Math.max(0, cursor - (page.cursor - page.top)) }, lines, rows),
    lines,
    rows,
  );
}

/** What the entry under the cursor has to tell, or the nearest one above it. */
function detailShown(page: Page, lines: PageLines, width: number, rows: number): ShownLine[] {
  const line = detailedLine(lines, page.cursor);
  const told = line?.detail?.(width - 1) ?? [];
  const shown = told.slice(0, rows).map(({ spans }): ShownLine => ({ spans: cutSpans(spans, width) }));
  if (told.length > rows)
    shown[rows - 1] = { spans: [span(`… ${counted(told.length - rows + 1, 'more line')}: Enter`, 'quiet')] };
  return shown;
}

/** Further up there is another subject. */
const farthestDetail = 300;

function detailedLine(lines: PageLines, cursor: number): Line | undefined {
  for (let at = cursor; at >= 0 && cursor - at < farthestDetail; at--) {
    const line = lineAt(lines, at);
    if (line?.detail !== undefined) return line;
  }
  return undefined;
}
