import { Box } from 'ink';
import type { ReactElement } from 'react';
import { cutCell } from '../../report/lay-out-table.js';
import { span, type Line } from '../lines/line.js';
import { helpLines, lastHelpTop } from '../state/help-lines.js';
import { bodyRows } from '../state/move.js';
import type { Mode, State } from '../state/state.js';
import { LineText } from './line-text.js';
import { shownText } from '../lines/shown-text.js';

/** Keys and what they do. */
export function Help({ state, top }: { state: State; top: number }): ReactElement {
  return <Lines lines={helpLines(state.size.columns)} top={Math.min(top, lastHelpTop(state))} state={state} />;
}

/** A list to choose from: what a line has to be opened, or all screens. */
export function Chooser({ state, mode }: { state: State; mode: Extract<Mode, { kind: 'choose' }> }): ReactElement {
  const rows = bodyRows(state);
  const lines: Line[] = [
    { spans: [span(` ${mode.title}`, 'title'), span('   Enter or number opens, Esc goes back', 'quiet')] },
    { spans: [span('')] },
    ...mode.targets.map(({ label }, at): Line => ({
      spans: [
        span(at === mode.at ? '> ' : '  '),
        span(`${at + mode.first < 10 ? at + mode.first : ' '}  `, 'quiet'),
        span(cutCell(shownText(label), state.size.columns - leadOfTarget)),
      ],
    })),
  ];
  return <Lines lines={lines} top={Math.max(0, mode.at + 3 - rows)} chosen={mode.at + 2} state={state} />;
}

/** The mark and the number before it. */
const leadOfTarget = 5;

function Lines({
  lines,
  top,
  chosen,
  state,
}: {
  lines: readonly Line[];
  top: number;
  chosen?: number;
  state: State;
}): ReactElement {
  const rows = bodyRows(state);
  return (
    <Box flexDirection="column" height={rows} flexShrink={0}>
      {lines.slice(top, top + rows).map((line, at) => (
        <LineText key={at + top} width={state.size.columns} chosen={at + top === chosen} spans={line.spans} />
      ))}
    </Box>
  );
}
