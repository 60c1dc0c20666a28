import { findLine } from '../lines/page-lines.js';
import { withPage } from './history.js';
import { withFilter } from './look.js';
import { linesOf } from './page-blocks.js';
import { bodyRows, movedTo } from './move.js';
import { pageOf, type Effect, type InputPurpose, type Mode, type State } from './state.js';

type InputMode = Extract<Mode, { kind: 'input' }>;

/** Longer lines are a paste gone wrong. */
const longestInput = 1_000;

export function startInput(state: State, purpose: InputPurpose): State {
  const page = pageOf(state);
  const { source } = page;
  const name = source.kind === 'plugin' ? source.id : source.kind === 'overview' ? 'report' : 'view';
  const text = purpose === 'filter' ? page.look.filter : purpose === 'export' ? `oompm-${name}.txt` : '';
  return { ...state, mode: { kind: 'input', purpose, text, before: page } };
}

/** Search and filter show what they find while one types. */
export function typed(state: State, mode: InputMode, text: string): State {
  const next: State = { ...state, mode: { ...mode, text: text.slice(0, longestInput) } };
  if (mode.purpose === 'filter') return withFilter(next, text);
  if (mode.purpose !== 'search') return next;
  const lines = linesOf(next, mode.before);
  const found = text === '' ? undefined : findLine(lines, text, mode.before.cursor, 1);
  return withPage(next, { ...movedTo(mode.before, lines, bodyRows(next), found ?? mode.before.cursor), search: text });
}

export function submitted(state: State, mode: InputMode): { state: State; effects: Effect[]; question?: string } {
  const browsing: State = { ...state, mode: { kind: 'browse' } };
  const text = mode.text.trim();
  switch (mode.purpose) {
    case 'filter': return { state: browsing, effects: [] };
    case 'search': {
      if (mode.text === '') return { state: search(browsing, 1), effects: [] };
      const missing = findLine(linesOf(browsing), mode.text, 0, 1) === undefined;
      return { state: missing ? { ...browsing, message: { text: `${mode.text} is not on this screen`, bad: true } } : browsing, effects: [] };
    }
    case 'question': return text === '' ? { state: browsing, effects: [] } : { state: browsing, effects: [], question: text };
    case 'export': return text === '' ? { state: browsing, effects: [] } : { state: browsing, effects: [{ kind: 'export', file: text, page: pageOf(browsing) }] };
    default: return mode.purpose satisfies never;
  }
}

/** The next line with what was searched for last, round the end. */
export function search(state: State, direction: 1 | -1): State {
  const page = pageOf(state);
  if (page.search === '') return { ...state, message: { text: 'nothing was searched for: / starts a search', bad: false } };
  const lines = linesOf(state, page);
  const found = findLine(lines, page.search, page.cursor + direction, direction);
  if (found === undefined) return { ...state, message: { text: `${page.search} is not on this screen`, bad: true } };
  const wrapped = direction > 0 ? found <= page.cursor : found >= page.cursor;
  const at = withPage(state, movedTo(page, lines, bodyRows(state), found));
  return wrapped ? { ...at, message: { text: direction > 0 ? 'went on from the top' : 'went on from the bottom', bad: false } } : at;
}
