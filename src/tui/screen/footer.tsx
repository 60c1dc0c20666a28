import { Box } from 'ink';
import type { ReactElement } from 'react';
import { cutCell, cutTo, widthOf, wrap } from '../../report/lay-out-table.js';
import { padded, span, type Span } from '../lines/line.js';
import { keyHints } from '../state/key-hints.js';
import { promptRows } from '../state/move.js';
import { linesOf } from '../state/page-blocks.js';
import { pageOf, type InputPurpose, type Prompt, type State } from '../state/state.js';
import { LineText } from './line-text.js';
import { shownText } from '../lines/shown-text.js';

const leads: Readonly<Record<InputPurpose, string>> = {
  search: '/',
  filter: '& ',
  question: ': ',
  export: 'write to ',
};
const hints: Readonly<Record<InputPurpose, string>> = {
  search: '',
  filter: '  (Enter keeps it, Esc shows all)',
  question: '',
  export: '  (.txt .md .json .html)',
};

/** What is being typed, else what was last said, else the keys that help. */
export function Footer({ state }: { state: State }): ReactElement {
  const { columns } = state.size;
  const { mode } = state;
  if (mode.kind !== 'input') return <LineText width={columns} spans={statusSpans(state)} />;
  const under =
    mode.prompt === undefined ? [] : promptLines(mode.prompt, mode.text, columns, promptRows(state.size.rows));
  return (
    <Box flexDirection="column" flexShrink={0}>
      <LineText width={columns} spans={inputSpans(mode.purpose, mode.text, columns)} />
      {under.map((spans, at) => (
        // oxlint-disable-next-line no-array-index-key -- lines have no other name
        <LineText
          key={at}
          width={columns}
          spans={spans}
          chosen={mode.prompt?.chosen !== undefined && at === chosenLine(mode.prompt, under.length)}
        />
      ))}
    </Box>
  );
}

function inputSpans(purpose: InputPurpose, text: string, columns: number): Span[] {
  const lead = ` ${leads[purpose]}`;
  const shown = shownText(text);
  const room = columns - widthOf(lead) - 2;
  // The end is what is being typed.
  const tail = widthOf(shown) > room ? `…${shown.slice(-Math.max(1, (room >> 1) - 1))}` : shown;
  const hint = widthOf(tail) + widthOf(hints[purpose]) + 1 <= room ? hints[purpose] : '';
  return [span(lead, 'heading'), span(tail), span('█'), span(hint, 'quiet')];
}

/**
 * Why a question can't be answered; else the ways to go on with it. Always as many lines, so that the page does not
 * jump.
 */
function promptLines(prompt: Prompt, text: string, columns: number, rows: number): Span[][] {
  const lines: Span[][] = [];
  if (prompt.wrong !== undefined)
    lines.push(...wrap(shownText(prompt.wrong), columns - 4).map((line) => [span(`   ${line}`, 'bad')]));
  else if (prompt.request !== undefined) lines.push([span('   reading… (Esc stops it)', 'quiet')]);
  else if (prompt.candidates.length === 0) lines.push([span(`   ${waysOn(prompt, text)}`, 'quiet')]);
  else lines.push(...candidateLines(prompt, columns, rows));
  return Array.from({ length: rows }, (_, at) => lines[at] ?? []);
}

function waysOn({ whole }: Prompt, text: string): string {
  if (text === '') return 'a command, symbol, type, task or address';
  return whole ? 'Enter asks it as it stands' : 'reading the names…';
}

/** The first line that is shown, so that the chosen one is. */
function firstShown({ chosen = 0, candidates }: Prompt, rows: number): number {
  const room = candidates.length > rows ? rows - 1 : rows;
  return Math.max(0, Math.min(chosen - room + 1, candidates.length - room));
}

function chosenLine(prompt: Prompt, rows: number): number {
  return (prompt.chosen ?? 0) - firstShown(prompt, rows);
}

function candidateLines(prompt: Prompt, columns: number, rows: number): Span[][] {
  const { candidates } = prompt;
  const from = firstShown(prompt, rows);
  const room = candidates.length > rows ? rows - 1 : rows;
  const shown = candidates.slice(from, from + room);
  const widest = Math.min(
    columns >> 1,
    candidates.reduce((most, { label }) => Math.max(most, widthOf(shownText(label))), 0),
  );
  const lines = shown.map(({ label, kind, about }): Span[] => {
    const name = shownText(label);
    const told = `${kind}${about === undefined ? '' : `: ${shownText(about)}`}`;
    return [
      span(`   ${padded(widthOf(name) > widest ? cutTo(name, widest) : name, widest)}`),
      span(`  ${cutCell(told, Math.max(1, columns - widest - 5))}`, 'quiet'),
    ];
  });
  if (candidates.length > rows)
    lines.push([span(`   ${candidates.length - room} more; Tab goes through them`, 'quiet')]);
  return lines;
}

/** As many keys as there is room for; ? tells the rest. */
function hintsFor(state: State, room: number): string {
  let text = '';
  for (const hint of keyHints(state)) {
    const longer = text === '' ? ` ${hint}` : `${text}  ${hint}`;
    if (widthOf(longer) <= room) text = longer;
  }
  return text;
}

function statusSpans(state: State): Span[] {
  const { columns } = state.size;
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const filter = page.look.filter === '' ? '' : `& ${shownText(page.look.filter)}  `;
  // What lies over a page has no place in it.
  const where =
    state.mode.kind === 'browse' ? `${filter}${lines.length === 0 ? 0 : page.cursor + 1}/${lines.length} ` : '';
  const room = Math.max(0, columns - widthOf(where) - 1);
  const { message } = state;
  const text = message === undefined ? hintsFor(state, room) : ` ${shownText(message.text)}`;
  const cut = widthOf(text) > room ? cutCell(text, room) : text;
  return [
    span(cut, message === undefined ? 'quiet' : message.bad ? 'bad' : 'heading'),
    span(' '.repeat(Math.max(1, columns - widthOf(cut) - widthOf(where)))),
    span(where, 'quiet'),
  ];
}
