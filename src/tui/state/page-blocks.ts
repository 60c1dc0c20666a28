import type { Section } from '../../plugin/section.js';
import { textLines } from '../../report/escape.js';
import { foldGaps, type FoldedGaps } from '../../report/fold-gaps.js';
import { cutAtWord, widthOf, wrap } from '../../report/lay-out-table.js';
import { outcomeInWords } from '../../report/outcome-in-words.js';
import type { Units } from '../../report/format-value.js';
import { orderFindings, type ReportedFinding } from '../../report/report.js';
import { entryLines, fixedBlock, lineText, passive, plainLine, span, type Block, type Line } from '../lines/line.js';
import { matcher } from '../lines/choose-rows.js';
import { pageLines, type PageLines } from '../lines/page-lines.js';
import { findingsBlock } from '../lines/prose-blocks.js';
import { viewBlocks } from '../lines/view-blocks.js';
import { nameOfObject, type Room, type ShownView } from '../lines/view-state.js';
import { bodyRows } from './move.js';
import { machineInWords } from './machine-line.js';
import { margin, panesAt, type Panes } from './panes.js';
import { pageOf, type Page, type PluginInfo, type State, type Yielded } from './state.js';
import { shownText } from '../lines/shown-text.js';
import { defined } from '../../words/defined.js';

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
    height: bodyRows(state),
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

function overviewBlocks(state: State, room: Room): Block[] {
  if (state.refused !== undefined)
    return [
      fixedBlock(
        'refused',
        wrap(shownText(state.refused), room.width).map((line) => plainLine(line, 'bad')),
      ),
    ];
  const sections = Object.entries(state.sections);
  const findings: ReportedFinding[] = orderFindings(
    sections.flatMap(([plugin, { views }]) =>
      views.flatMap(({ view }) =>
        view.kind === 'findings' ? view.findings.map((finding) => ({ ...finding, plugin })) : [],
      ),
    ),
  );
  const running = state.plugins.some(({ id, inReport }) => inReport && state.sections[id]?.status !== 'ended');
  const overview = state.sections['overview'];
  if (state.dump === undefined) return [fixedBlock('opening', [plainLine('opening the dump…', 'quiet')])];
  const machine = machineInWords(state, room);
  const matches = matcher(room.look.filter);
  const isFiltered = room.look.filter !== '';
  const found = findingsBlock('findings', findings, room);
  return [
    ...(machine === undefined || !matches(machine)
      ? []
      : [passive(fixedBlock('machine', [plainLine(cutAtWord(shownText(machine), room.width), 'quiet')]))]),
    ...defectBlocks(state.dump.defects.filter(matches), room),
    ...(isFiltered && found.length === 0
      ? []
      : [
          passive(
            fixedBlock('found', [
              {
                spans: [
                  span('Findings', 'title'),
                  span(findings.length === 0 ? '' : `  ${findings.length}${running ? ', still reading' : ''}`, 'quiet'),
                ],
              },
            ]),
          ),
          findings.length > 0
            ? found
            : fixedBlock(
                'none found',
                wrap(running ? 'still reading…' : noneFound(state), room.width).map((line) => plainLine(line, 'quiet')),
              ),
        ]),
    ...sections
      .filter(([id]) => id !== 'overview')
      .flatMap(([, { views }]) => views)
      .filter(isWholeInParts)
      .flatMap((shown) => viewBlocks(shown, room)),
    ...(overview?.views ?? [])
      .filter(({ view }) => view.kind !== 'findings')
      .flatMap((shown) => viewBlocks(shown, room)),
    ...gapBlocks(foldGaps(sections.map(([plugin, { gaps }]) => ({ plugin, gaps }))), room),
    ...screensBlocks(state, matches),
  ];
}

/** Whose section is not whole may have found one. */
function noneFound(state: State): string {
  const reporting = state.plugins.filter(({ id, inReport }) => inReport && state.sections[id]?.outcome !== undefined);
  const broken = reporting.filter(({ id }) => isBroken(state.sections[id])).map(({ id }) => id);
  if (broken.length === 0) return 'no plugin found a cause';
  return broken.length === reporting.length
    ? 'none was looked for: no plugin could run to its end'
    : `no plugin found a cause, but not all ran to their end: ${broken.join(', ')}`;
}

/** What has no fault and is not shown does not fit this dump; what ran and shows gaps alone could read nothing. */
function isBroken(section: Yielded | undefined): boolean {
  if (section?.outcome === undefined) return false;
  const { outcome, views, gaps } = section;
  if (outcome.kind === 'done') return views.length === 0 && gaps.length > 0;
  return outcome.kind !== 'unavailable' || outcome.fault !== undefined;
}

/** Where the memory went, whichever plugin says it: parts of a whole, as one bar. */
function isWholeInParts({ view }: ShownView): boolean {
  if (
    view.kind !== 'chart' ||
    view.total === undefined ||
    view.bars.length < 2 ||
    view.bars.some((bar) => bar.marks !== undefined)
  )
    return false;
  return view.bars.reduce((sum, { value }) => sum + value, 0) >= view.total * accountedFor;
}

/** A chart of the largest few is no account of the whole. */
const accountedFor = 0.9;

/** Past these, the plugin's own screen has them all. */
const gapsShown = 30;

function gapBlocks(all: readonly FoldedGaps[], room: Room, most = gapsShown): Block[] {
  const matches = matcher(room.look.filter);
  const gaps = all.filter(({ summary }) => matches(summary));
  if (gaps.length === 0) return [];
  const lines: Line[] = [];
  for (const { summary, address } of gaps.slice(0, most)) {
    const target =
      address === undefined
        ? {}
        : {
            targets: [
              {
                label: `0x${address.toString(16)}`,
                target: { kind: 'question' as const, text: `0x${address.toString(16)}` },
              },
            ],
          };
    lines.push(
      ...entryLines(
        wrap(shownText(summary), room.width).map((text, at) => ({
          ...plainLine(at === 0 ? text : `  ${text}`, 'warning'),
          ...target,
        })),
      ),
    );
  }
  if (gaps.length > most)
    lines.push(plainLine(`and ${gaps.length - most} more, on the screens of their plugins`, 'quiet'));
  const count = gaps.reduce((sum, { folded }) => sum + Math.max(folded.length, 1), 0);
  const title = [plainLine(''), { spans: [span('What could not be read', 'title'), span(`  ${count}`, 'quiet')] }];
  return [passive(fixedBlock('gaps title', title)), fixedBlock('gaps', lines)];
}

function defectBlocks(defects: readonly string[], room: Room): Block[] {
  if (defects.length === 0) return [];
  return [
    passive(fixedBlock('defects title', [plainLine('The file', 'title')])),
    fixedBlock(
      'defects',
      defects.flatMap((defect) =>
        entryLines(wrap(shownText(defect), room.width).map((line) => plainLine(line, 'warning'))),
      ),
    ),
    passive(fixedBlock('defects end', [plainLine('')])),
  ];
}

function screensBlocks(state: State, matches: (text: string) => boolean): Block[] {
  const idWidth = state.plugins.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  const told = state.plugins
    .map((plugin) => ({ id: plugin.id, status: statusOf(plugin, state.sections[plugin.id]) }))
    .filter(({ id, status }) => matches(`${id} ${status}`));
  if (told.length === 0) return [];
  return [
    passive(fixedBlock('screens title', [plainLine(''), plainLine('Screens', 'title')])),
    fixedBlock(
      'screens',
      told.map(({ id, status }): Line => ({
        spans: [span(id.padEnd(idWidth), 'heading'), span(`  ${status}`, 'quiet')],
        targets: [{ label: `screen ${id}`, target: { kind: 'plugin', id } }],
      })),
    ),
  ];
}

function statusOf(plugin: PluginInfo, yielded: Yielded | undefined): string {
  const summary = shownText(plugin.summary);
  if (plugin.required.length > 0) return `${summary} (:${plugin.id} ${plugin.required.join(' ').toUpperCase()})`;
  if (yielded === undefined) return plugin.inReport ? `${summary} (waiting)` : `${summary} (runs when it is opened)`;
  if (yielded.status !== 'ended') return `${summary} (${yielded.status})`;
  const trouble = outcomeInWords(sectionOf(plugin.id, plugin.summary, yielded));
  return trouble === undefined ? summary : shownText(trouble);
}

function yieldedBlocks(name: string, yielded: Yielded | undefined, room: Room, info: PluginInfo | undefined): Block[] {
  if (yielded === undefined) {
    const why =
      info !== undefined && info.required.length > 0
        ? `it needs ${info.required.join(', ')}: type :${info.id} and what it is to show`
        : 'not run yet';
    return [fixedBlock('status', [plainLine(''), plainLine(why, 'quiet')])];
  }
  const trouble = yielded.outcome === undefined ? undefined : outcomeInWords(sectionOf(name, name, yielded));
  const status = yielded.status === 'ended' && trouble !== undefined ? undefined : statusInWords(yielded);
  return [
    ...yielded.views.flatMap((shown) => viewBlocks(shown, room)),
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
    ...(status === undefined ? [] : [fixedBlock('status', [plainLine(''), plainLine(status, 'quiet')])]),
  ];
}

function statusInWords({ status, views }: Yielded): string | undefined {
  if (status === 'ended') return views.length === 0 ? 'nothing to show' : undefined;
  return status === 'running' ? 'reading… (x stops it)' : 'waiting for its turn…';
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

/** Where there are wide characters, as many fit for sure as there would be if all were. */
function chunks(text: string, width: number): string[] {
  const most = widthOf(text) > text.length ? Math.floor(width / 2) : width;
  return text.length <= most ? [text] : (text.match(new RegExp(`.{1,${most}}`, 'gsu')) ?? []);
}
