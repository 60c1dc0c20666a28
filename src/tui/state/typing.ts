import { findLine } from '../lines/page-lines.js';
import { withPage } from './history.js';
import { withFilter } from './look.js';
import { linesOf } from './page-blocks.js';
import { bodyRows, movedTo } from './move.js';
import type { Action } from './actions.js';
import type { Update } from './open-target.js';
import { pageOf, type Effect, type InputPurpose, type Mode, type State } from './state.js';

type InputMode = Extract<Mode, { kind: 'input' }>;

/** Longer lines are a paste gone wrong. */
const longestInput = 1_000;

export function startInput(state: State, purpose: InputPurpose): State {
  const page = pageOf(state);
  const { source } = page;
  const name = source.kind === 'plugin' ? source.id : source.kind === 'overview' ? 'report' : 'view';
  const text = purpose === 'filter' ? page.look.filter : purpose === 'export' ? `oompm-${name}.txt` : '';
  return {
    ...state,
    mode: {
      kind: 'input',
      purpose,
      text,
      before: page,
      ...(purpose === 'question' ? { prompt: { candidates: [] } } : {}),
    },
  };
}

/** What is typed for the dump: it is asked how it may go on. */
export function questionTyped(state: State, mode: InputMode, text: string): Update {
  const cut = text.slice(0, longestInput);
  return {
    state: { ...state, mode: { ...mode, text: cut, prompt: { candidates: [] } } },
    effects: [{ kind: 'complete', text: cut }],
  };
}

/** Tab puts the next way to go on into the line; where there is but one, what follows it is asked for. */
export function completed(state: State, mode: InputMode, direction: 1 | -1): Update {
  const { prompt } = mode;
  const candidates = prompt?.candidates ?? [];
  if (prompt === undefined) return { state, effects: [] };
  if (!prompt.whole && prompt.chosen === undefined)
    return { state: { ...state, mode: { ...mode, prompt: { ...prompt, tab: direction } } }, effects: [] };
  if (candidates.length === 0) return { state, effects: [] };
  const first = direction > 0 ? 0 : candidates.length - 1;
  const chosen =
    prompt.chosen === undefined ? first : (prompt.chosen + direction + candidates.length) % candidates.length;
  const { text } = candidates[chosen]!;
  if (candidates.length === 1) return text === mode.text ? { state, effects: [] } : questionTyped(state, mode, text);
  const shared = prompt.chosen === undefined && direction > 0 ? sharedStart(candidates.map((one) => one.text)) : '';
  if (shared.length > mode.text.length && shared.startsWith(mode.text)) return questionTyped(state, mode, shared);
  return { state: { ...state, mode: { ...mode, text, prompt: { ...prompt, chosen } } }, effects: [] };
}

function sharedStart(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  let length = first.length;
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

/** Ways to go on, for what is still in the line. */
export function candidatesArrived(
  state: State,
  { text, candidates, whole }: Extract<Action, { kind: 'completions' }>,
): Update {
  const { mode } = state;
  if (mode.kind !== 'input' || mode.prompt === undefined || mode.text !== text || mode.prompt.chosen !== undefined)
    return { state, effects: [] };
  const { tab, ...prompt } = mode.prompt;
  const now: InputMode = { ...mode, prompt: { ...prompt, candidates, whole } };
  if (tab === undefined) return { state: { ...state, mode: now }, effects: [] };
  return whole
    ? completed({ ...state, mode: now }, now, tab)
    : { state: { ...state, mode: { ...now, prompt: { ...now.prompt!, tab } } }, effects: [] };
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
    case 'filter':
      return { state: browsing, effects: [] };
    case 'search': {
      if (mode.text === '') return { state: search(browsing, 1), effects: [] };
      const missing = findLine(linesOf(browsing), mode.text, 0, 1) === undefined;
      return {
        state: missing ? { ...browsing, message: { text: `${mode.text} is not on this screen`, bad: true } } : browsing,
        effects: [],
      };
    }
    case 'question':
      return text === '' ? { state: browsing, effects: [] } : { state, effects: [], question: text };
    case 'export':
      return text === ''
        ? { state: browsing, effects: [] }
        : { state: browsing, effects: [{ kind: 'export', file: text, page: pageOf(browsing) }] };
    default:
      return mode.purpose satisfies never;
  }
}

/** The next line with what was searched for last, round the end. */
export function search(state: State, direction: 1 | -1): State {
  const page = pageOf(state);
  if (page.search === '')
    return { ...state, message: { text: 'nothing was searched for: / starts a search', bad: false } };
  const lines = linesOf(state, page);
  const found = findLine(lines, page.search, page.cursor + direction, direction);
  if (found === undefined) return { ...state, message: { text: `${page.search} is not on this screen`, bad: true } };
  const wrapped = direction > 0 ? found <= page.cursor : found >= page.cursor;
  const at = withPage(state, movedTo(page, lines, bodyRows(state), found));
  return wrapped
    ? { ...at, message: { text: direction > 0 ? 'went on from the top' : 'went on from the bottom', bad: false } }
    : at;
}
