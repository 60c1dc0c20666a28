import { widthOf } from '../../report/lay-out-table.js';
import { pageOf, type Source, type State } from './state.js';

/**
 * The overview, then a screen for each plugin that can run without being asked something: first those that are in the
 * report, which the number keys are for.
 */
export function screensOf(state: State): Source[] {
  const able = state.plugins.filter(({ id, required }) => id !== 'overview' && required.length === 0);
  const ordered = [...able.filter(({ inReport }) => inReport), ...able.filter(({ inReport }) => !inReport)];
  return [{ kind: 'overview' }, ...ordered.map(({ id }): Source => ({ kind: 'plugin', id }))];
}

export function screenId(source: Source): string {
  return source.kind === 'plugin' ? source.id : 'overview';
}

/** A screen's name on the second line; the present one's in brackets. */
export interface Tab {
  id: string;
  text: string;
  present: boolean;
}

/** As many screens as there is room for, the present one among them; whether there are more. */
export function tabsOf(state: State): { tabs: readonly Tab[]; more: boolean } {
  const { columns } = state.size;
  const present = screenId(pageOf(state).source);
  const all = screensOf(state).map((source, at) => {
    const id = screenId(source);
    return { id, text: at < 10 ? ` ${at} ${id} ` : ` ${id} ` };
  });
  const presentAt = Math.max(
    0,
    all.findIndex(({ id }) => id === present),
  );
  const widthFrom = (from: number): number =>
    all.slice(from, presentAt + 1).reduce((sum, { text }) => sum + text.length + 1, 2);
  let first = 0;
  while (first < presentAt && widthFrom(first) > columns - 2) first++;
  const tabs: Tab[] = [];
  let used = 0;
  for (const { id, text } of all.slice(first)) {
    // A name that is cut in the middle is no name.
    if (used + widthOf(text) > columns - 2) return { tabs, more: true };
    tabs.push({ id, text: id === present ? `[${text.trim()}]` : text, present: id === present });
    used += widthOf(text);
  }
  return { tabs, more: false };
}

/** The screen whose name stands in that column. */
export function tabAt(state: State, column: number): string | undefined {
  let end = 0;
  return tabsOf(state).tabs.find(({ text }) => column < (end += widthOf(text)))?.id;
}
