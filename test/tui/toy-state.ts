import type { RunEvent } from '../../src/plugin/run-plugin.js';
import { columns, table } from '../../src/plugin/make-views.js';
import type { View } from '../../src/words/views.js';
import type { SolidView } from '../../src/plugin/section.js';
import type { DumpFacts } from '../../src/report/report.js';
import type { Action } from '../../src/tui/state/actions.js';
import { actionsOf, type Key } from '../../src/tui/state/keys.js';
import { lineText } from '../../src/tui/lines/line.js';
import { lineAt } from '../../src/tui/lines/page-lines.js';
import { linesOf } from '../../src/tui/state/page-blocks.js';
import { pageOf, type Effect, type PluginInfo, type State } from '../../src/tui/state/state.js';
import { firstState, update } from '../../src/tui/state/update.js';

export const facts: DumpFacts = {
  files: ['/dumps/vmcore'],
  format: 'toy',
  architecture: 'x86_64',
  release: '6.1.0-toy',
  pageSize: 4096,
  defects: [],
};

export function plugin(id: string, more: Partial<PluginInfo> = {}): PluginInfo {
  return { id, summary: `all about ${id}`, inReport: true, required: [], ...more };
}

/** A table of 200 rows, each of which opens something. */
export const numbers = table(
  'Numbers',
  columns([
    { key: 'n', title: 'N', type: 'integer' },
    { key: 'name', title: 'NAME', type: 'text' },
  ]),
  Array.from({ length: 200 }, (_, n) => ({
    cells: { n, name: n % 2 === 0 ? `even ${n}` : `odd ${n}` },
    door: { type: 'struct thing', address: BigInt(n + 1) },
  })),
);

/** The events of a run that yields these views to its end. */
export function runOf(...views: readonly View[]): RunEvent[] {
  return [
    ...views.flatMap((view): RunEvent[] => {
      switch (view.kind) {
        case 'table':
          return [
            { kind: 'view', view: { ...view, rows: [] } },
            { kind: 'batch', items: [...view.rows] },
          ];
        case 'tree':
          return [
            { kind: 'view', view: { ...view, roots: [] } },
            { kind: 'batch', items: [...view.roots] },
          ];
        case 'log':
          return [
            { kind: 'view', view: { ...view, lines: [] } },
            { kind: 'batch', items: [...view.lines] },
          ];
        case 'stack':
          return [
            { kind: 'view', view: { ...view, stacks: [] } },
            { kind: 'batch', items: [...view.stacks] },
          ];
        default:
          return [{ kind: 'view', view: view as SolidView }];
      }
    }),
    { kind: 'end', outcome: { kind: 'done' }, gaps: [] },
  ];
}

/** A session in which plugins have yielded views; `keys` are pressed one after another. */
export class ToySession {
  state: State;
  readonly effects: Effect[] = [];

  constructor(
    views: Readonly<Record<string, readonly View[]>>,
    size = { columns: 80, rows: 24 },
    more: readonly PluginInfo[] = [],
  ) {
    this.state = firstState(['/dumps/vmcore'], size);
    this.act({
      kind: 'found',
      dump: facts,
      plugins: [...Object.keys(views).map((id) => plugin(id)), ...more],
      warnings: [],
    });
    for (const [id, list] of Object.entries(views)) this.act({ kind: 'yielded', id, events: runOf(...list) });
  }

  act(action: Action): this {
    const { state, effects } = update(this.state, action);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  /** Characters, or names of keys in angle brackets: 'jj', '<enter>', '/abc<enter>'. */
  keys(text: string): this {
    for (const [, name, character] of text.matchAll(/<(\w+)>|([^])/gu)) {
      const key: Key = name === undefined ? {} : namedKeys[name]!;
      for (const action of actionsOf(this.state, character ?? controlInput(name!), key)) this.act(action);
    }
    return this;
  }

  get page() {
    return pageOf(this.state);
  }

  get lines(): string[] {
    const lines = linesOf(this.state);
    return Array.from({ length: lines.length }, (_, at) => lineText(lineAt(lines, at)!));
  }

  get cursorLine(): string {
    return this.lines[this.page.cursor] ?? '';
  }
}

const namedKeys: Readonly<Record<string, Key>> = {
  enter: { return: true },
  esc: { escape: true, meta: true },
  up: { upArrow: true },
  down: { downArrow: true },
  left: { leftArrow: true },
  right: { rightArrow: true },
  pagedown: { pageDown: true },
  pageup: { pageUp: true },
  home: { home: true },
  end: { end: true },
  tab: { tab: true },
  backtab: { tab: true, shift: true },
  backspace: { backspace: true },
  ctrlc: { ctrl: true },
  ctrlz: { ctrl: true },
  ctrld: { ctrl: true },
};

function controlInput(name: string): string {
  return name.startsWith('ctrl') ? name.slice(4) : '';
}
