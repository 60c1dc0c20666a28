import { Box } from 'ink';
import type { ReactElement } from 'react';
import { widthOf, wrap } from '../../report/lay-out-table.js';
import { taskStateWords } from '../../words/task-states.js';
import { padded, span, type Line } from '../lines/line.js';
import { logLevels } from '../lines/log-block.js';
import { keyHelp } from '../state/keys.js';
import { bodyRows } from '../state/move.js';
import type { Mode, State } from '../state/state.js';
import { LineText } from './line-text.js';
import { shownText } from '../lines/shown-text.js';

/** Keys and what they do. */
export function Help({ state, top }: { state: State; top: number }): ReactElement {
  const { columns } = state.size;
  const keysWidth = columns >= 110 ? 34 : 26;
  const lines: Line[] = [
    { spans: [span(' Keys', 'title'), span('   j k scroll, any other key closes this', 'quiet')] },
    { spans: [span('')] },
    ...keyHelp.flatMap(([keys, does]): Line[] => {
      const left = wrap(keys, keysWidth - 1);
      const right = wrap(does, Math.max(20, columns - keysWidth - 2));
      return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => ({
        spans: [span(` ${padded(left[at] ?? '', keysWidth)}`, 'heading'), span(right[at] ?? '')],
      }));
    }),
    { spans: [span('')] },
    ...legends.flatMap((legend) =>
      legendLines(legend, columns - 2).map((line): Line => ({ spans: [span(` ${line}`, 'quiet')] })),
    ),
  ];
  return <Lines lines={lines} top={Math.min(top, Math.max(0, lines.length - bodyRows(state)))} state={state} />;
}

const marks = [
  '● certain',
  '◐ likely',
  '○ possible',
  '▸ closed',
  '▾ open',
  '? could not be read',
  '- does not apply',
  "~ as the kernel's own report counts: without what CPUs and threads have not added up yet",
];

/** What stands in letters: the level of a log's line, and what a task does, as ps(1) has it. */
const legends: readonly (readonly string[])[] = [
  marks,
  ['Log:', ...logLevels],
  ['Tasks:', ...Object.entries(taskStateWords).map(([letter, words]) => `${letter} ${words}`)],
];

/** As many on a line as there is room for, none of them cut. */
function legendLines(legend: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const one of legend) {
    const longer = `${lines.at(-1) ?? ''}   ${one}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(...wrap(one, width));
  }
  return lines;
}

/** A list to choose from: what a line has to be opened, or all screens. */
export function Chooser({ state, mode }: { state: State; mode: Extract<Mode, { kind: 'choose' }> }): ReactElement {
  const rows = bodyRows(state);
  const first = mode.title === 'Screens' ? 0 : 1;
  const lines: Line[] = [
    { spans: [span(` ${mode.title}`, 'title'), span('   Enter or number opens, Esc goes back', 'quiet')] },
    { spans: [span('')] },
    ...mode.targets.map(({ label }, at): Line => ({
      spans: [
        span(at === mode.at ? '> ' : '  '),
        span(`${at + first < 10 ? at + first : ' '}  `, 'quiet'),
        span(shownText(label)),
      ],
    })),
  ];
  return <Lines lines={lines} top={Math.max(0, mode.at + 3 - rows)} chosen={mode.at + 2} state={state} />;
}

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
