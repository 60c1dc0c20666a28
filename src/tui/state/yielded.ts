import type { Item, RunEvent } from '../../plugin/run-plugin.js';
import type { Section } from '../../plugin/section.js';
import type { LogLine, Row, Stack, TreeNode } from '../../words/views.js';
import type { Units } from '../../report/format-value.js';
import { emptyIndex, withRoots, withRows } from '../lines/table-index.js';
import type { Room, ShownView } from '../lines/view-state.js';
import type { Yielded } from './state.js';
import { defined } from '../../words/defined.js';

export const nothingYet: Yielded = { status: 'waiting', views: [], gaps: [] };

/** What stands after further events of a run. `name` keeps the views of one plugin apart from those of others. */
export function yieldedAfter(before: Yielded, name: string, events: readonly RunEvent[], units: Units): Yielded {
  const views = [...before.views];
  let { status, outcome, gaps } = { outcome: undefined, ...before } as Yielded;
  status = 'running';
  // Batches of one view are put in place together: each makes a copy of what is there.
  let waiting: Item[] = [];
  const settle = (): void => {
    const last = views.at(-1);
    if (waiting.length > 0 && last !== undefined) views[views.length - 1] = withItems(last, waiting, units);
    waiting = [];
  };
  for (const event of events) {
    switch (event.kind) {
      case 'view':
        settle();
        views.push(shown(event.view, `${name}/${views.length}`, units));
        break;
      case 'batch':
        for (const item of event.items) waiting.push(item);
        break;
      case 'end':
        ({ outcome, gaps } = event);
        status = 'ended';
        break;
      default:
        event satisfies never;
    }
  }
  settle();
  return { status, views, gaps, ...defined({ outcome }) };
}

/** A view with the rows that it came with, if it came with any. */
export function shown(view: ShownView['view'], key: string, units: Units): ShownView {
  switch (view.kind) {
    case 'table':
      return withItems({ key, view: { ...view, rows: [] }, index: emptyIndex(view.columns) }, view.rows, units);
    case 'tree':
      return withItems({ key, view: { ...view, roots: [] }, index: emptyIndex(view.columns) }, view.roots, units);
    default:
      return { key, view };
  }
}

function withItems({ key, view, index }: ShownView, items: readonly Item[], units: Units): ShownView {
  switch (view.kind) {
    case 'table': {
      const grown = withRows(index ?? emptyIndex(view.columns), view.columns, items as readonly Row[], units);
      return { key, view: { ...view, rows: grown.rows }, index: grown };
    }
    case 'tree': {
      const roots = items as readonly TreeNode[];
      return {
        key,
        view: { ...view, roots: [...view.roots, ...roots] },
        index: withRoots(index ?? emptyIndex(view.columns), view.columns, roots, units),
      };
    }
    case 'log':
      return { key, view: { ...view, lines: [...view.lines, ...(items as readonly LogLine[])] } };
    case 'stack':
      return { key, view: { ...view, stacks: [...view.stacks, ...(items as readonly Stack[])] } };
    case 'facts':
    case 'chart':
    case 'graph':
    case 'findings':
      return { key, view };
    default:
      return view satisfies never;
  }
}

/** What was yielded, as a section of a report: for export, and for the words of its outcome. */
export function sectionOf(plugin: string, title: string, yielded: Yielded): Section {
  return {
    plugin,
    title,
    outcome: yielded.outcome ?? { kind: 'cut short', reason: 'it is still running' },
    views: yielded.views.map(({ view }) => view),
    gaps: yielded.gaps,
  };
}

/** What an empty view of it says: rows come after the view, and what could not be read at the end. */
export function emptiness({ status, gaps }: Yielded): Pick<Room, 'empty'> {
  return status !== 'ended' ? { empty: 'reading' } : gaps.length > 0 ? { empty: 'unread' } : {};
}
