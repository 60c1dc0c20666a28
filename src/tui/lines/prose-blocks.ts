import { isGap } from '../../plugin/make-views.js';
import type { Fact, Finding } from '../../plugin/views.js';
import { address, alone } from '../../report/format-value.js';
import { widthOf, wrap } from '../../report/lay-out-table.js';
import type { ReportedFinding } from '../../report/report.js';
import { filterWords } from './choose-rows.js';
import { fixedBlock, padded, plainLine, span, type Block, type Line, type NamedTarget } from './line.js';
import { isOpen, type Room, type ShownView } from './view-state.js';
import { shownText } from './shown-text.js';

/** Names and values, aligned; a long value goes on below itself. */
export function factsBlock({ view, key }: ShownView, room: Room): Block {
  if (view.kind !== 'facts') throw new Error(`${view.kind} are no facts`);
  const words = filterWords(room.look.filter);
  const shown = view.facts.map((fact) => ({ fact, title: shownText(fact.title), value: shownText(alone(fact.value, fact.type, room.units)) }))
    .filter(({ title, value }) => words.every((word) => `${title} ${value}`.toLowerCase().includes(word)));
  const titleWidth = Math.min(Math.floor(room.width / 2), shown.reduce((widest, { title }) => Math.max(widest, widthOf(title)), 0));
  return fixedBlock(key, shown.flatMap(({ fact, title, value }) => factLines(fact, title, value, titleWidth, room.width)), key);
}

function factLines(fact: Fact, title: string, value: string, titleWidth: number, width: number): Line[] {
  const note = fact.note === undefined ? '' : ` (${shownText(fact.note)})`;
  const [first = '', ...rest] = wrap(value + note, Math.max(20, width - titleWidth - 2));
  const targets = factTargets(fact);
  return [
    {
      spans: [span(padded(title, titleWidth), 'quiet'), span('  '), span(first, isGap(fact.value) ? 'warning' : targets.length > 0 ? 'address' : undefined)],
      ...(targets.length === 0 ? {} : { targets }),
    },
    ...rest.map((line) => plainLine(`${' '.repeat(titleWidth + 2)}${line}`)),
  ];
}

function factTargets({ door, value, type }: Fact): readonly NamedTarget[] {
  if (door !== undefined) return [{ label: `${shownText(door.type)} ${address(door.address)}`, target: { kind: 'door', door } }];
  if (type === 'address' && typeof value === 'bigint' && value !== 0n) return [{ label: address(value), target: { kind: 'question', text: address(value) } }];
  if (type === 'pid' && typeof value === 'number' && value > 0) return [{ label: `pid ${value}`, target: { kind: 'question', text: `pid ${value}` } }];
  return [];
}

const certaintyMark = { certain: '●', likely: '◐', possible: '○' } as const;
const widestProse = 110;

/** Verdicts, what explains most first: the sentence, and under it what it rests on. */
export function findingsBlock(key: string, findings: readonly (Finding | ReportedFinding)[], room: Room): Block {
  return fixedBlock(key, findings.flatMap((finding, index) => [...findingLines(finding, index, key, room)]), key);
}

function* findingLines(finding: Finding | ReportedFinding, index: number, key: string, room: Room): Generator<Line> {
  const width = Math.min(room.width, widestProse) - 6;
  const fold = `${key}:${finding.id}`;
  const open = isOpen(room.look, fold, index === 0);
  const mark = finding.evidence.length === 0 ? ' ' : open ? '▾' : '▸';
  const by = 'plugin' in finding ? `; ${finding.plugin}` : '';
  const targets: NamedTarget[] = (finding.doors ?? []).map((door) => ({ label: `${shownText(door.type)} ${address(door.address)}`, target: { kind: 'door', door } }));
  if ('plugin' in finding) targets.push({ label: `screen ${finding.plugin}`, target: { kind: 'plugin', id: finding.plugin } });
  const more = { fold, foldFirst: true, targets } as const;
  const heavy = finding.weight >= 70 && finding.certainty !== 'possible' ? 'bad' as const : 'heading' as const;
  const [first = '', ...rest] = wrap(shownText(finding.sentence), width);
  yield { spans: [span(`${mark} `, 'quiet'), span(`${certaintyMark[finding.certainty]} `, heavy), span(first, heavy)], ...more };
  for (const line of rest) yield { spans: [span('    '), span(line, heavy)], ...more };
  yield { spans: [span(`    ${finding.certainty}, ${finding.moment === 'report' ? 'at the OOM report' : 'in the dump'}${by}`, 'quiet')], ...more };
  if (!open) return;
  for (const evidence of finding.evidence) {
    for (const [place, line] of wrap(shownText(evidence), width).entries()) yield { spans: [span(place === 0 ? '    - ' : '      ', 'quiet'), span(line)], ...more };
  }
}
