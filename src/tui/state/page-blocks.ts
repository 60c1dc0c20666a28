import { textLines } from '../../report/escape.js';
import { widthOf, wrap } from '../../report/lay-out-table.js';
import { outcomeInWords } from '../../report/outcome-in-words.js';
import type { Units } from '../../report/format-value.js';
import { gapBlocks } from '../lines/gap-blocks.js';
import { fixedBlock, lineText, passive, plainLine, type Block } from '../lines/line.js';
import { pageLines, type PageLines } from '../lines/page-lines.js';
import { viewBlocks } from '../lines/view-blocks.js';
import { nameOfObject, type Room } from '../lines/view-state.js';
import { pageRows } from './move.js';
import { overviewBlocks } from './overview-blocks.js';
import { margin, panesAt, type Panes } from './panes.js';
import { pageOf, type Page, type PluginInfo, type State, type Yielded } from './state.js';
import { shownText } from '../lines/shown-text.js';
import { defined } from '../../words/defined.js';
import { emptiness, sectionOf } from './yielded.js';

/** Kernels have 4 KiB pages where the dump has not said yet. */
const usualPageSize = 4096;

/** By the width that they are laid out in: a page stands beside another one in less. */
const known = new WeakMap<Page, Map<number, { deps: readonly unknown[]; lines: PageLines }>>();

/** All lines of a page, of which those in sight are made when they are asked for. */
export function linesOf(
  state: State,
  page: Page = pageOf(state),
  width: number = panesOfPage(state, page).width,
): PageLines {
  const deps = [
    state.sections,
    state.answers,
    state.plugins,
    state.dump,
    state.refused,
    state.size,
    state.history.length,
  ];
  const laidOut = known.get(page) ?? new Map<number, { deps: readonly unknown[]; lines: PageLines }>();
  known.set(page, laidOut);
  const before = laidOut.get(width);
  if (before !== undefined && before.deps.every((dep, at) => dep === deps[at])) return before.lines;
  const lines = pageLines(withoutGapAbove(blocksOf(state, page, width)));
  laidOut.set(width, { deps, lines });
  return lines;
}

/** A page that is about to be put in the present one's place is shown as that is. */
function panesOfPage(state: State, page: Page): Panes {
  const at = state.history.lastIndexOf(page);
  return panesAt(state, at < 0 ? state.at : at);
}

/** Views are parted by an empty line; the first needs none. */
function withoutGapAbove(blocks: readonly Block[]): readonly Block[] {
  const [first, ...rest] = blocks;
  if (first === undefined || first.length < 2 || lineText(first.line(0)) !== '') return blocks;
  return [{ ...first, length: first.length - 1, line: (at) => first.line(at + 1) }, ...rest];
}

export function roomOf(state: State, page: Page, width: number = panesOfPage(state, page).width): Room {
  return {
    width: Math.max(20, width - margin),
    height: pageRows(state),
    aside: panesOfPage(state, page).detail !== undefined,
    named: namedBy(state.sections),
    units: unitsOf(state),
    look: page.look,
  };
}

export function unitsOf({ dump }: State): Units {
  return { pageSize: dump?.pageSize ?? usualPageSize };
}

const namesKnown = new WeakMap<State['sections'], Room['named']>();
let lastNames: { key: string; named: Room['named'] } | undefined;

/**
 * The tasks and objects that findings are about; the same set for the same names, since all rows of a table are asked
 * for each new one.
 */
function namedBy(sections: State['sections']): Room['named'] {
  const known = namesKnown.get(sections);
  if (known !== undefined) return known;
  const findings = Object.values(sections).flatMap(({ views }) =>
    views.flatMap(({ view }) => (view.kind === 'findings' ? view.findings : [])),
  );
  const names = findings.flatMap(({ subject, doors = [] }) => [...(subject?.pids ?? []), ...doors.map(nameOfObject)]);
  const key = names.join(' ');
  const named = lastNames?.key === key ? lastNames.named : new Set(names);
  lastNames = { key, named };
  namesKnown.set(sections, named);
  return named;
}

function blocksOf(state: State, page: Page, width: number): Block[] {
  const room = roomOf(state, page, width);
  const blocks = allBlocks(state, page, room);
  return room.look.filter === '' || blocks.some(({ length }) => length > 0)
    ? blocks
    : [fixedBlock('nothing', [plainLine('nothing here has these words; Esc shows all again', 'quiet')])];
}

function allBlocks(state: State, page: Page, room: Room): Block[] {
  const { source } = page;
  switch (source.kind) {
    case 'overview':
      return overviewBlocks(state, room);
    case 'plugin': {
      const info = state.plugins.find(({ id }) => id === source.id);
      return yieldedBlocks(source.id, state.sections[source.id], room, info);
    }
    case 'answer':
      return yieldedBlocks(source.title, state.answers[source.request], room, undefined);
    case 'text':
      return [
        fixedBlock(
          'text',
          textLines(source.text)
            .flatMap((text) => chunks(text, room.width))
            .map((text) => plainLine(text)),
        ),
      ];
    default:
      return source satisfies never;
  }
}

function yieldedBlocks(name: string, yielded: Yielded | undefined, room: Room, info: PluginInfo | undefined): Block[] {
  if (yielded === undefined) {
    const why =
      info !== undefined && info.required.length > 0
        ? `it needs ${info.required.join(', ')}: type :${info.id} and what it is to show`
        : 'not run yet';
    return [passive(fixedBlock('status', [plainLine(''), plainLine(why, 'quiet')]))];
  }
  const trouble = yielded.outcome === undefined ? undefined : outcomeInWords(sectionOf(name, name, yielded));
  const status = yielded.status === 'ended' && trouble !== undefined ? undefined : statusInWords(yielded);
  return [
    ...yielded.views.flatMap((shown) => viewBlocks(shown, { ...room, ...emptiness(yielded) })),
    ...gapBlocks(
      yielded.gaps.map(({ what, reason, address }) => ({
        summary: `${what}: ${reason}`,
        folded: [],
        ...defined({ address }),
      })),
      room,
      Infinity,
    ),
    ...(trouble === undefined
      ? []
      : [
          fixedBlock('trouble', [
            plainLine(''),
            ...wrap(shownText(trouble), room.width).map((line) => plainLine(line, 'bad')),
          ]),
        ]),
    ...(status === undefined ? [] : [passive(fixedBlock('status', [plainLine(''), plainLine(status, 'quiet')]))]),
  ];
}

function statusInWords({ status, views }: Yielded): string | undefined {
  if (status === 'ended') return views.length === 0 ? 'nothing to show' : undefined;
  return status === 'running' ? 'reading… (x stops it)' : 'waiting for its turn…';
}

/** Where there are wide characters, as many fit for sure as there would be if all were. */
function chunks(text: string, width: number): string[] {
  const most = widthOf(text) > text.length ? Math.floor(width / 2) : width;
  return text.length <= most ? [text] : (text.match(new RegExp(`.{1,${most}}`, 'gsu')) ?? []);
}
