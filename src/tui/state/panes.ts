import type { ShownView } from '../lines/view-state.js';
import { pageOf, type Page, type State } from './state.js';

/** From so many columns on there is room for what was opened beside the list that it was opened from. */
const wideFrom = 160;
/** The rest is for what was opened: it is what is read. */
const listShare = 0.46;
/** Blank and line between the two. */
export const dividerWidth = 3;

/** How the screen is shared between a list and what was opened of it. */
export interface Panes {
  /** The present page. */
  width: number;
  /** The page that it was opened from stands on its left. */
  list?: { page: Page; width: number };
  /** What the cursor is on is told on its right. */
  detail?: number;
}

export function panesOf(state: State): Panes {
  return panesAt(state, state.at);
}

/** As the page at that place in the history is, or was, shown. */
export function panesAt(state: State, at: number): Panes {
  const { columns } = state.size;
  const page = state.history[at] ?? pageOf(state);
  if (columns < wideFrom) return { width: columns };
  const list = Math.floor(columns * listShare);
  const rest = columns - list - dividerWidth;
  const from = listOf(state, at);
  if (from !== undefined) return { width: rest, list: { page: from, width: list } };
  if (page.source.kind === 'answer' || page.source.kind === 'text') return { width: columns };
  return hasDetails(viewsOf(state, page), rest) ? { width: rest, detail: list } : { width: columns };
}

/** The page with the entry that the page at that place in the history was opened by; of a screen there is none. */
export function listOf({ history }: State, at: number): Page | undefined {
  const source = history[at]?.source;
  const isOpened = source?.kind === 'text' || (source?.kind === 'answer' && source.typed !== true);
  return isOpened ? history[at - 1] : undefined;
}

/** Verdicts and stacks have more to tell than their lines do; a table that needs the width, and a log, have it. */
function hasDetails(views: readonly ShownView[], width: number): boolean {
  return (
    views.some(({ view }) => view.kind === 'findings' || view.kind === 'stack') &&
    views.every(
      ({ view, index }) =>
        view.kind !== 'log' &&
        (index === undefined || index.widths.sized.reduce((sum, wide) => sum + wide + columnGap, margin) <= width),
    )
  );
}

const columnGap = 2;

/** On the left of every page, for the cursor's mark. */
export const margin = 2;

/** The views on a page, in their order. */
export function viewsOf(state: State, { source }: Page): readonly ShownView[] {
  switch (source.kind) {
    case 'overview':
      return [
        ...Object.values(state.sections).flatMap(({ views }) => views.filter(({ view }) => view.kind === 'findings')),
        ...(state.sections['overview']?.views ?? []),
      ];
    case 'plugin':
      return state.sections[source.id]?.views ?? [];
    case 'answer':
      return state.answers[source.request]?.views ?? [];
    case 'text':
      return [];
    default:
      return source satisfies never;
  }
}
