import { firstLook } from '../lines/view-state.js';
import { linesOf } from './page-blocks.js';
import { bodyRows, settle } from './move.js';
import { pageOf, type Page, type Source, type State } from './state.js';

/** Older pages are forgotten. */
const longestHistory = 200;

export function newPage(source: Source): Page {
  return { source, look: firstLook, fresh: true, cursor: 0, top: 0, search: '' };
}

/** The state with its present page changed, and that page's cursor on a line that exists. */
export function withPage(state: State, page: Page): State {
  if (page === pageOf(state)) return state;
  const settled = settle(page, linesOf(state, page), bodyRows(state));
  return { ...state, history: state.history.with(state.at, settled) };
}

/** A page opened from the present one: what lay ahead is forgotten. */
export function opened(state: State, source: Source): State {
  // The screen that one is on already is no step that Esc could undo.
  if (sameSource(pageOf(state).source, source)) return state;
  const history = [...state.history.slice(0, state.at + 1), placeBefore(state, source) ?? newPage(source)].slice(
    -longestHistory,
  );
  return { ...state, history, at: history.length - 1, answers: answersOf(state, history) };
}

/** Answers that no page shows any more are forgotten. */
function answersOf({ answers }: State, history: readonly Page[]): State['answers'] {
  const shown = new Set(history.flatMap(({ source }) => (source.kind === 'answer' ? [source.request] : [])));
  const kept = Object.entries(answers).filter(([request]) => shown.has(Number(request)));
  return kept.length === Object.keys(answers).length ? answers : Object.fromEntries(kept);
}

export function stepped(state: State, by: 1 | -1): State {
  const at = state.at + by;
  return at < 0 || at >= state.history.length ? state : settled({ ...state, at });
}

/** After the data or the window has changed. */
export function settled(state: State): State {
  const page = pageOf(state);
  return withPage(state, settle(page, linesOf(state, page), bodyRows(state)));
}

export function sameSource(a: Source, b: Source): boolean {
  if (a.kind === 'plugin' && b.kind === 'plugin') return a.id === b.id;
  if (a.kind === 'answer' && b.kind === 'answer') return a.request === b.request;
  return a.kind === b.kind && a.kind === 'overview';
}

/** A screen is as it was left. */
function placeBefore(state: State, source: Source): Page | undefined {
  return source.kind === 'text' ? undefined : state.history.findLast((page) => sameSource(page.source, source));
}
