import type { ReactElement } from 'react';
import { cutTo, widthOf } from '../../report/lay-out-table.js';
import { span, type Span } from '../lines/line.js';
import { linesOf } from '../state/page-blocks.js';
import { pageOf, type InputPurpose, type State } from '../state/state.js';
import { LineText } from './line-text.js';
import { shownText } from '../lines/shown-text.js';

const leads: Readonly<Record<InputPurpose, string>> = { search: '/', filter: '& ', question: ': ', export: 'write to ' };
const hints: Readonly<Record<InputPurpose, string>> = {
  search: '', filter: '  (Enter keeps it, Esc shows all)', question: '  (symbol, task_struct 0x…, pid, ps --tree)', export: '  (.txt .md .json .html)',
};

/** What is being typed, else what was last said, else the keys that help. */
export function Footer({ state }: { state: State }): ReactElement {
  const { columns } = state.size;
  return <LineText width={columns} spans={state.mode.kind === 'input' ? inputSpans(state.mode.purpose, state.mode.text, columns) : statusSpans(state)} />;
}

function inputSpans(purpose: InputPurpose, text: string, columns: number): Span[] {
  const lead = ` ${leads[purpose]}`;
  const shown = shownText(text);
  const room = columns - widthOf(lead) - 2;
  // The end is what is being typed.
  const tail = widthOf(shown) > room ? `…${shown.slice(-Math.max(1, (room >> 1) - 1))}` : shown;
  return [span(lead, 'heading'), span(tail), span('█'), span(hints[purpose], 'quiet')];
}

/** What there is room for; ? tells the rest. */
function hintsFor(columns: number): string {
  const hints = [' ? help', 'Enter open', '/ search', '& filter', 'Tab screens', 'q back', ': ask', 'w write', '< > sort', 'y command line'];
  let text = '';
  for (const hint of hints) if (text.length + hint.length + 14 < columns) text += `${text === '' ? '' : '  '}${hint}`;
  return text;
}

function statusSpans(state: State): Span[] {
  const { columns } = state.size;
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const filter = page.look.filter === '' ? '' : `& ${shownText(page.look.filter)}  `;
  const where = `${filter}${lines.length === 0 ? 0 : page.cursor + 1}/${lines.length} `;
  const room = Math.max(0, columns - widthOf(where) - 1);
  const { message } = state;
  const text = message === undefined ? hintsFor(columns) : ` ${shownText(message.text)}`;
  const cut = widthOf(text) > room ? cutTo(text, room) : text;
  return [span(cut, message === undefined ? 'quiet' : message.bad ? 'bad' : 'heading'), span(' '.repeat(Math.max(1, columns - widthOf(cut) - widthOf(where)))), span(where, 'quiet')];
}
