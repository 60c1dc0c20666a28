import { momentInWords } from '../../words/finding.js';
import { isGap } from '../../plugin/make-views.js';
import type { Fact, Finding } from '../../words/views.js';
import { address, alone } from '../../report/format-value.js';
import { cutAtWord, widthOf, wrap } from '../../report/lay-out-table.js';
import type { ReportedFinding } from '../../report/report.js';
import { matcher } from './choose-rows.js';
import { entryLines, fixedBlock, padded, plainLine, span, type Block, type Line, type NamedTarget } from './line.js';
import { targetsInText, targetsOfFacts } from './names-in-text.js';
import { isOpen, widestProse, type Room, type ShownView } from './view-state.js';
import { shownText } from './shown-text.js';

/** Names and values, aligned; a long value goes on below itself. */
export function factsBlock({ view, key }: ShownView, room: Room): Block {
  if (view.kind !== 'facts') throw new Error(`${view.kind} are no facts`);
  const matches = matcher(room.look.filter);
  const shown = view.facts
    .map((fact) => ({ fact, title: shownText(fact.title), value: shownText(alone(fact.value, fact.type, room.units)) }))
    .filter(({ title, value }) => matches(`${title} ${value}`));
  const titleWidth = Math.min(
    Math.floor(room.width / 2),
    shown.reduce((widest, { title }) => Math.max(widest, widthOf(title)), 0),
  );
  return fixedBlock(
    key,
    shown.flatMap(({ fact, title, value }) => factLines(fact, title, value, titleWidth, room.width)),
    key,
  );
}

function factLines(fact: Fact, title: string, value: string, titleWidth: number, width: number): Line[] {
  const note = fact.note === undefined ? '' : ` (${shownText(fact.note)})`;
  const [first = '', ...rest] = wrap(value + note, Math.max(20, width - titleWidth - 2));
  const targets = factTargets(fact);
  return [
    {
      spans: [
        span(padded(title, titleWidth), 'quiet'),
        span('  '),
        span(first, isGap(fact.value) ? 'warning' : targets.length > 0 ? 'address' : undefined),
      ],
      ...(targets.length === 0 ? {} : { targets }),
    },
    ...rest.map((line): Line => ({ ...plainLine(`${' '.repeat(titleWidth + 2)}${line}`), part: 'goesOn' })),
  ];
}

function factTargets({ door, value, type }: Fact): readonly NamedTarget[] {
  if (door !== undefined)
    return [{ label: `${shownText(door.type)} ${address(door.address)}`, target: { kind: 'door', door } }];
  if (type === 'address' && typeof value === 'bigint' && value !== 0n)
    return [{ label: address(value), target: { kind: 'question', text: address(value) } }];
  if (type === 'pid' && typeof value === 'number' && value > 0)
    return [{ label: `pid ${value}`, target: { kind: 'question', text: `pid ${value}` } }];
  return [];
}

const certaintyMark = { certain: '●', likely: '◐', possible: '○' } as const;

/** More of the screen than this share is not for verdicts that nobody has opened. */
const shareOfVerdicts = 0.6;
/** Then each of them has so many lines, and the first one more: what explains most. */
const linesInBrief = 2;

/** What stands above the verdicts: so many lines, with these sentences among them. */
export interface Above {
  rows: number;
  sentences: readonly string[];
}

/** A list of verdicts has a title. */
const onlyTitle: Above = { rows: 1, sentences: [] };

/**
 * Verdicts, what explains most first: the sentence, and under it what it rests on. On a small screen the closed ones
 * are brief.
 */
export function findingsBlock(
  key: string,
  all: readonly (Finding | ReportedFinding)[],
  room: Room,
  above: Above = onlyTitle,
): Block {
  const matches = matcher(room.look.filter);
  const findings = all.filter(({ sentence, evidence }) => matches([sentence, ...evidence].join(' ')));
  const linesOf = (index: number, open: boolean, most?: number): Line[] => [
    ...findingLines(findings[index]!, key, room, open, most),
  ];
  const closed = findings.map((_, index) => linesOf(index, false));
  const count = total(closed.map(({ length }) => length));
  const left = room.height - above.rows;
  const isBrief = findings.length > 1 && count > Math.min(left, room.height * shareOfVerdicts);
  // The first is open where the others can still be seen below it, and nothing beside it tells the same.
  const openFirst =
    !room.aside && !isBrief && findings.length > 0 && linesOf(0, true).length - closed[0]!.length + count < left;
  const brief = isBrief ? briefly(findings, linesOf, above, left) : closed;
  return fixedBlock(
    key,
    findings.flatMap((finding, index) =>
      isOpen(room.look, `${key}:${finding.id}`, index === 0 && openFirst) ? linesOf(index, true) : brief[index]!,
    ),
    key,
  );
}

/** Cut so that all are in sight, if that can be: first what stands above already, then what explains least. */
function briefly(
  findings: readonly Finding[],
  linesOf: (index: number, open: boolean, most: number) => Line[],
  { sentences }: Above,
  left: number,
): Line[][] {
  const lines = findings.map(({ sentence }, index) =>
    linesOf(index, false, sentences.includes(sentence) ? 1 : index === 0 ? linesInBrief + 1 : linesInBrief),
  );
  for (let index = lines.length - 1; index >= 0 && total(lines.map(({ length }) => length)) > left; index--)
    lines[index] = linesOf(index, false, 1);
  return lines;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** `most` lines of the sentence and nothing else, where they are given. */
function* findingLines(
  finding: Finding | ReportedFinding,
  key: string,
  room: Room,
  open: boolean,
  most = Infinity,
): Generator<Line> {
  const width = Math.min(room.width, widestProse) - 6;
  const targets: NamedTarget[] = (finding.doors ?? []).map((door) => ({
    label: `${shownText(door.type)} ${address(door.address)}`,
    target: { kind: 'door', door },
  }));
  const told = targetsOfFacts(finding);
  const inEvidence = targetsInText(finding.evidence);
  targets.push(...told, ...inEvidence.filter(({ label }) => told.every((other) => other.label !== label)));
  if ('plugin' in finding)
    targets.push({ label: `screen ${finding.plugin}`, target: { kind: 'plugin', id: finding.plugin } });
  const more = {
    fold: `${key}:${finding.id}`,
    foldFirst: true,
    targets,
    detail: (wide: number) => findingDetail(finding, wide),
  } as const;
  const heavy = heavyOf(finding);
  const sentence = wrap(shownText(finding.sentence), width);
  const [first = '', ...rest] =
    sentence.length <= most
      ? sentence
      : [...sentence.slice(0, most - 1), cutAtWord(sentence.slice(most - 1).join(' '), width)];
  const mark = finding.evidence.length === 0 && sentence.length <= most ? ' ' : open ? '▾' : '▸';
  yield {
    spans: [span(`${mark} `, 'quiet'), span(`${certaintyMark[finding.certainty]} `, heavy), span(first, heavy)],
    finding: open ? 'open' : 'closed',
    ...more,
  };
  for (const line of rest) yield { spans: [span('    '), span(line, heavy)], part: 'goesOn', ...more };
  if (most === Infinity) yield { spans: [span(`    ${standingOf(finding)}`, 'quiet')], part: 'goesOn', ...more };
  if (!open) return;
  for (const evidence of finding.evidence) {
    const named = targetsInText([evidence]);
    const lines = wrap(shownText(evidence), width).map((line, place): Line => ({
      spans: [span(place === 0 ? '    - ' : '      ', 'quiet'), span(line)],
      ...more,
      ...(named.length === 0 ? {} : { targets: named, foldFirst: false }),
    }));
    yield* entryLines(lines);
  }
}

/** The verdict with all that it rests on, for beside the list. */
function findingDetail(finding: Finding | ReportedFinding, width: number): Line[] {
  const heavy = heavyOf(finding);
  return [
    ...wrap(shownText(finding.sentence), width).map((line) => plainLine(line, heavy)),
    plainLine(standingOf(finding), 'quiet'),
    plainLine(''),
    ...finding.evidence.flatMap((evidence) =>
      wrap(shownText(evidence), Math.max(10, width - 2)).map((line, place): Line => ({
        spans: [span(place === 0 ? '- ' : '  ', 'quiet'), span(line)],
      })),
    ),
  ];
}

function heavyOf({ weight, certainty }: Finding): 'bad' | 'heading' {
  return weight >= 70 && certainty !== 'possible' ? 'bad' : 'heading';
}

function standingOf(finding: Finding | ReportedFinding): string {
  return `${finding.certainty}, ${momentInWords[finding.moment]}${'plugin' in finding ? `; ${finding.plugin}` : ''}`;
}
