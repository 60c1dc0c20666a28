import { hasLevels, hasTimes } from '../lines/log-block.js';
import { lastHelpTop } from './help-lines.js';
import { hasEventElsewhere, hasSizes, tableToSort } from './look.js';
import { cursorLine } from './move.js';
import { linesOf } from './page-blocks.js';
import { listOf, viewsOf } from './panes.js';
import { pageOf, type State } from './state.js';

/** The keys that do something on this page, the most wanted first. */
export function keyHints(state: State): string[] {
  const { mode } = state;
  if (mode.kind === 'help') return lastHelpTop(state) > 0 ? ['j k scroll', 'any other key closes'] : ['any key closes'];
  if (mode.kind === 'choose') return ['Enter open', 'j k choose', 'Esc close'];
  const page = pageOf(state);
  const lines = linesOf(state, page);
  const line = cursorLine(page, lines);
  const { source } = page;
  const views = viewsOf(state, page);
  const has = (...kinds: readonly string[]): boolean => views.some(({ view }) => kinds.includes(view.kind));
  const isOpened = source.kind === 'answer' || source.kind === 'text';
  const canOpen = (line?.targets?.length ?? 0) > 0;
  const hints: [string, boolean][] = [
    ['? help', true],
    ['Enter evidence', line?.fold !== undefined && line.foldFirst === true],
    ['Enter open', canOpen && line?.foldFirst !== true],
    ['z fold', line?.fold !== undefined && line.foldFirst !== true],
    ['f next finding', views.some(({ view }) => view.kind === 'findings' && view.findings.length > 0)],
    ['Esc back', state.at > 0],
    ['J K next, previous', listOf(state, state.at) !== undefined],
    ['E e reports', hasEventElsewhere(lines, page.cursor)],
    ['v level', hasLevels(views)],
    ['t times', hasTimes(views)],
    [
      'x stop',
      source.kind === 'plugin'
        ? state.sections[source.id]?.status === 'running'
        : source.kind === 'answer' && state.answers[source.request]?.status === 'running',
    ],
    ['Tab screens', !isOpened],
    ['/ search', true],
    [': ask', true],
    ['& filter', has('table', 'tree', 'log', 'stack', 'facts')],
    ['< > sort', tableToSort(state, page) !== undefined],
    ['# exact', hasSizes(views)],
    ['o choose', (line?.targets?.length ?? 0) > 1],
    ['y copy command', true],
    ['w write', true],
    ['q quit', source.kind === 'overview'],
    ['q leave', source.kind !== 'overview'],
  ];
  return hints.filter(([, applies]) => applies).map(([hint]) => hint);
}
