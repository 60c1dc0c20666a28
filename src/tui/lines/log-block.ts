import type { LogLine } from '../../words/views.js';
import { timestamp } from '../../report/format-value.js';
import { afterStamp, meaningOfLevel } from '../../report/log-lead.js';
import { deathIn, tellsEvent } from './death-in-log.js';
import { matcher } from './choose-rows.js';
import { fixedBlock, plainLine, span, type Block, type Line, type Span } from './line.js';
import type { Room, ShownView, TimeStyle } from './view-state.js';
import { shownText } from './shown-text.js';

/** A line of the screen: the log record and which of its own lines. */
interface Place {
  record: number;
  part: number;
}

/** A kernel log: records up to a level, those that the filter leaves. */
export function logBlock({ view, key }: ShownView, room: Room): Block {
  if (view.kind !== 'log') throw new Error(`${view.kind} is no log`);
  const lines = view.lines;
  const places = placesOf(lines, room);
  if (places.length === 0)
    return fixedBlock(key, room.look.filter === '' ? [plainLine('no line of this level', 'quiet')] : [], key);
  return {
    id: key,
    view: key,
    length: places.length,
    opensAt: opensAt(lines, places),
    text: (at) => partOf(lines, places[at]!).toLowerCase(),
    isEvent: (at) => tellsEvent(lines[places[at]!.record]!, partOf(lines, places[at]!)),
    line: (at) => logLine(lines, places[at]!, room.look.times),
  };
}

/** Whether a log among these says how grave its lines are: what a plugin lays out itself does not. */
export function hasLevels(views: readonly ShownView[]): boolean {
  return views.some(({ view }) => view.kind === 'log' && view.lines.some(({ level }) => level !== undefined));
}

/** Whether a log among these has stamps. */
export function hasTimes(views: readonly ShownView[]): boolean {
  return views.some(({ view }) => view.kind === 'log' && view.lines.some(({ timeNs }) => timeNs !== undefined));
}

/** At the death, or what is shown of the lines before it. */
function opensAt(lines: readonly LogLine[], places: readonly Place[]): number {
  const death = deathIn(lines);
  return Math.max(
    0,
    places.findLastIndex(({ record, part }) => record < death || (record === death && part === 0)),
  );
}

const lastPlaces = new WeakMap<readonly LogLine[], { key: string; places: readonly Place[] }>();

function placesOf(lines: readonly LogLine[], { look }: Room): readonly Place[] {
  const key = `${look.level} ${look.filter}`;
  const known = lastPlaces.get(lines);
  if (known?.key === key) return known.places;
  const matches = matcher(look.filter);
  const places: Place[] = [];
  for (const [record, line] of lines.entries()) {
    if ((line.level ?? 0) > look.level && !line.remark) continue;
    for (const [part, text] of parts(line).entries()) {
      if (matches(text)) places.push({ record, part });
    }
  }
  lastPlaces.set(lines, { key, places });
  return places;
}

const cut = new WeakMap<LogLine, readonly string[]>();

function parts(line: LogLine): readonly string[] {
  let known = cut.get(line);
  if (known === undefined) {
    // Long lines are cut; Enter shows them whole.
    known = line.remark
      ? [shownText(line.text)]
      : line.text.split('\n').map((part) => shownText(part.replaceAll('\t', '        ')));
    cut.set(line, known);
  }
  return known;
}

function partOf(lines: readonly LogLine[], { record, part }: Place): string {
  return parts(lines[record]!)[part]!;
}

function logLine(lines: readonly LogLine[], place: Place, times: TimeStyle): Line {
  const line = lines[place.record]!;
  const text = partOf(lines, place);
  if (line.remark) return plainLine(`    -- ${text}`, 'warning');
  const spans: Span[] = [span(timeOf(lines, place.record, times), 'quiet')];
  const more = afterStamp(line);
  if (more !== '') spans.push(span(`${shownText(more)} `, 'quiet'));
  // By a letter too, for a terminal without colours.
  const meaning = meaningOfLevel(line.level);
  spans.push(span(levelLetter(line.level), meaning ?? 'quiet'), span(text, meaning));
  return {
    spans,
    targets: [
      {
        label: 'the whole record',
        target: {
          kind: 'text',
          title: `log record${line.sequence === undefined ? '' : ` ${line.sequence}`}`,
          text: line.text,
        },
      },
    ],
  };
}

/** By level: its letter, and what the help says that it stands for. */
export const logLevels = [
  'M emergency',
  'A alert',
  'C critical',
  'E error',
  'W warning',
  'N notice',
  'I info',
  'D debug',
] as const;

function levelLetter(level: number | undefined): string {
  return level === undefined ? '' : `${logLevels[level]?.[0] ?? '?'} `;
}

function timeOf(lines: readonly LogLine[], record: number, times: TimeStyle): string {
  const { timeNs } = lines[record]!;
  if (timeNs === undefined || times === 'none') return '';
  if (times === 'boot') return `${timestamp(timeNs)} `;
  let before = record - 1;
  while (before >= 0 && lines[before]!.timeNs === undefined) before--;
  const delta = before < 0 ? 0 : (timeNs - lines[before]!.timeNs!) / 1e9;
  return `${`+${delta.toFixed(6)}`.padStart(14)} `;
}
