import { foldGaps } from '../../report/fold-gaps.js';
import { cutAtWord, wrap } from '../../report/lay-out-table.js';
import { outcomeInWords } from '../../report/outcome-in-words.js';
import { orderFindings, type ReportedFinding } from '../../report/report.js';
import { paragraphOf, summaryOf } from '../../report/summary.js';
import { matcher } from '../lines/choose-rows.js';
import { gapBlocks } from '../lines/gap-blocks.js';
import { fixedBlock, passive, plainLine, span, type Block, type Line } from '../lines/line.js';
import { paragraphBlocks } from '../lines/paragraph.js';
import { findingsBlock } from '../lines/prose-blocks.js';
import { shownText } from '../lines/shown-text.js';
import { viewBlocks } from '../lines/view-blocks.js';
import type { Room, ShownView } from '../lines/view-state.js';
import { machineInWords } from './machine-line.js';
import type { PluginInfo, State, Yielded } from './state.js';
import { emptiness, sectionOf } from './yielded.js';

/** The first screen: the answer, what it rests on, the machine, and the way to the other screens. */
export function overviewBlocks(state: State, room: Room): Block[] {
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
  if (state.dump === undefined) return [passive(fixedBlock('opening', [plainLine('opening the dump…', 'quiet')]))];
  const machine = machineInWords(state, room);
  const matches = matcher(room.look.filter);
  const isFiltered = room.look.filter !== '';
  const sentences = paragraphOf({ summary: summaryOf(findings), findings });
  const top = [
    ...(machine === undefined || !matches(machine)
      ? []
      : [passive(fixedBlock('machine', [plainLine(cutAtWord(shownText(machine), room.width), 'quiet')]))]),
    ...defectBlocks(state.dump.defects.filter(matches), room),
    ...(matches(sentences.join(' ')) ? paragraphBlocks(sentences, room) : []),
  ];
  const title: Line = {
    spans: [
      span('Findings', 'title'),
      span(findings.length === 0 ? '' : `  ${findings.length}${running ? ', still reading' : ''}`, 'quiet'),
    ],
  };
  const found = findingsBlock('findings', findings, room, {
    rows: top.reduce((sum, { length }) => sum + length, 1),
    sentences,
  });
  return [
    ...top,
    ...(isFiltered && found.length === 0
      ? []
      : [
          passive(fixedBlock('found', [title])),
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
    ...(overview === undefined ? [] : ownBlocks(overview, room)),
    ...gapBlocks(foldGaps(sections.map(([plugin, { gaps }]) => ({ plugin, gaps }))), room),
    ...screensBlocks(state, matches),
  ];
}

function ownBlocks(overview: Yielded, room: Room): Block[] {
  return overview.views
    .filter(({ view }) => view.kind !== 'findings')
    .flatMap((shown) => viewBlocks(shown, { ...room, ...emptiness(overview) }));
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

function defectBlocks(defects: readonly string[], room: Room): Block[] {
  if (defects.length === 0) return [];
  return [
    passive(fixedBlock('defects title', [plainLine('The file', 'title')])),
    passive(
      fixedBlock(
        'defects',
        defects.flatMap((defect) => wrap(shownText(defect), room.width).map((line) => plainLine(line, 'warning'))),
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
