import { basename } from 'node:path';
import { Box } from 'ink';
import type { ReactElement } from 'react';
import { widthOf } from '../../report/lay-out-table.js';
import { span, type Span } from '../lines/line.js';
import { pageOf, type State } from '../state/state.js';
import { tabsOf } from '../state/screens.js';
import { LineText } from './line-text.js';
import { shownText } from '../lines/shown-text.js';

/** Which dump this is and how far it is read; then the screens, or what was opened. */
export function Header({ state }: { state: State }): ReactElement {
  const { columns } = state.size;
  const { source } = pageOf(state);
  const isScreen = source.kind === 'overview' || source.kind === 'plugin';
  const left = dumpSpans(state);
  const right = progressOf(state);
  const used = left.reduce((sum, { text }) => sum + widthOf(text), 0);
  const room = columns - used - widthOf(right);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <LineText
        width={columns}
        spans={
          room > 1
            ? [...left, span(' '.repeat(room)), span(right, 'warning')]
            : [...left.slice(0, 2), span(` ${right}`, 'warning')]
        }
      />
      <LineText width={columns} spans={isScreen ? screenSpans(state) : trailSpans(state, columns)} />
    </Box>
  );
}

/** How one came to this page: the last screen, and what was opened from it. */
function trailSpans(state: State, columns: number): Span[] {
  const trail = state.history.slice(0, state.at + 1);
  const from = Math.max(
    0,
    trail.findLastIndex(({ source }) => source.kind === 'overview' || source.kind === 'plugin'),
  );
  const names = trail
    .slice(from)
    .map(({ source }) =>
      shownText(source.kind === 'overview' ? 'overview' : source.kind === 'plugin' ? source.id : source.title),
    );
  const last = names.pop() ?? '';
  // The nearest steps tell most.
  while (names.length > 0 && widthOf([...names, last].join(' › ')) + 4 > columns) names.shift();
  return [span(` ${names.map((name) => `${name} › `).join('')}`, 'quiet'), span(last, 'heading')];
}

function dumpSpans({ files, dump }: State): Span[] {
  const names = files.map((file) => shownText(basename(file))).join(' ');
  return [
    span(' oompm ', 'heading'),
    span(names),
    ...(dump === undefined ? [] : [span(` · Linux ${shownText(dump.release)} ${dump.architecture}`, 'quiet')]),
  ];
}

function progressOf({ refused, dump, plugins, sections }: State): string {
  if (refused !== undefined) return 'not opened ';
  if (dump === undefined) return 'opening… ';
  const running = Object.entries(sections).find(([, { status }]) => status === 'running')?.[0];
  if (running === undefined) return '';
  const inReport = plugins.filter((plugin) => plugin.inReport);
  const ended = inReport.filter(({ id }) => sections[id]?.status === 'ended').length;
  return `reading ${running}… ${ended}/${inReport.length} `;
}

function screenSpans(state: State): Span[] {
  const { tabs, more } = tabsOf(state);
  return [
    ...tabs.map(({ text, present }) => span(text, present ? 'heading' : 'quiet')),
    ...(more ? [span(' …', 'quiet')] : []),
  ];
}
