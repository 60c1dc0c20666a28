import { Box } from 'ink';
import type { ReactElement } from 'react';
import { shiftSpans, span, type Span } from '../lines/line.js';
import { placeOf } from '../lines/page-lines.js';
import { linesOf, margin } from '../state/page-blocks.js';
import { bodyRows, linesInSight, pinnedAt } from '../state/move.js';
import { pageOf, type State } from '../state/state.js';
import { LineText } from './line-text.js';

/** Text moves sideways by so many columns at a time. */
const shiftStep = 8;

/** The page: the lines in sight, and only these are made. */
export function Body({ state }: { state: State }): ReactElement {
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const rows = bodyRows(state);
  const { columns } = state.size;
  const shown: ReactElement[] = pinnedAt(lines, page.top).slice(0, rows - 1).map((line, at) => (
    <LineText key={`pinned ${at}`} width={columns} spans={[span(' '.repeat(margin)), ...line.spans]} />
  ));
  const end = Math.min(lines.length, page.top + linesInSight(lines, page.top, rows));
  for (let at = page.top; at < end; at++) {
    const place = placeOf(lines, at);
    if (place === undefined) continue;
    const { spans } = place.block.line(place.index);
    const moved: Span[] = place.block.ownShift ? [...spans] : shiftSpans(spans, page.look.shift * shiftStep);
    const chosen = at === page.cursor;
    shown.push(<LineText key={at} width={columns} chosen={chosen} search={page.search.toLowerCase()} spans={[span(chosen ? '> ' : '  '), ...moved]} />);
  }
  return <Box flexDirection="column" height={rows} flexShrink={0}>{shown}</Box>;
}
