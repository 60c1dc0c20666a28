import { widthOf, wrap } from '../../report/lay-out-table.js';
import { taskStateWords } from '../../words/task-states.js';
import { padded, span, type Line } from '../lines/line.js';
import { logLevels } from '../lines/log-block.js';
import { keyHelp } from './keys.js';
import { bodyRows } from './move.js';
import type { State } from './state.js';

/** Keys and what they do, and what letters and marks stand for. */
export function helpLines(columns: number): Line[] {
  const keysWidth = columns >= 110 ? 34 : 26;
  return [
    { spans: [span(' Keys', 'title')] },
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
}

/** The first line of it that is shown at its end; 0 where all of it fits. */
export function lastHelpTop(state: State): number {
  return Math.max(0, helpLines(state.size.columns).length - bodyRows(state));
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
