import { momentInWords } from '../words/finding.js';
import { isGap } from '../plugin/make-views.js';
import type { Section, SolidView } from '../plugin/section.js';
import type { ChartView, Column, FactsView, GraphView, LogLine, Stack, StackFrame } from '../words/views.js';
import { oneLine, textLines } from './escape.js';
import { foldGaps } from './fold-gaps.js';
import { counted } from '../words/quantity.js';
import { address, alone, quantity, shareOfWhole, type Units } from './format-value.js';
import { logLead, meaningOfLevel } from './log-lead.js';
import { emptyInWords, isEmpty } from './empty-view.js';
import { kernelInWords } from './kernel-in-words.js';
import { flattenTree, layOutTable, widthOf, wrap } from './lay-out-table.js';
import { nothingInWords, outcomeInWords, saysSomething } from './outcome-in-words.js';
import { plain, type Paint } from './paint.js';
import { isWhole, looksOf } from './palette.js';
import type { Report, ReportedFinding } from './report.js';
import { paragraphOf } from './summary.js';
import { withModule, withOffset } from '../words/code-name.js';

export interface TextOptions {
  /** Columns of the terminal; Infinity for a file. */
  width: number;
  paint: Paint;
  /** Sizes in tables as bare numbers, in the kernel's units. */
  raw?: boolean;
  /** The facts of findings, with their sources. */
  evidence?: boolean;
}

/** Prose is hard to read on longer lines, however wide the terminal. */
const widestProse = 100;

/** A fact on a terminal: its value is no prose, but the note beside it is. */
const widestFact = 140;

/** The report as text, in pieces that end with a newline. */
export function* renderText(
  report: Report,
  { width, paint, raw = false }: TextOptions = { width: Infinity, paint: plain },
): Generator<string> {
  const options: TextOptions = { paint, width };
  const units: Units = { pageSize: report.dump.pageSize, raw };
  yield* head(report, options);
  yield* paragraph(report, options);
  if (report.findings.length > 0) {
    yield `\n${paint('title', 'Findings')}\n`;
    for (const [index, finding] of report.findings.entries()) yield* findingLines(finding, index + 1, options);
  }
  for (const section of report.sections) yield* sectionLines(section, units, options, report.sections.length > 1);
  const nothing = nothingInWords(report);
  if (nothing !== undefined) yield `\n${paint('quiet', nothing)}\n`;
  yield* unread(report.sections, options);
}

function* head({ tool, dump, signature }: Report, { paint, width }: TextOptions): Generator<string> {
  const about = `${tool.name} ${tool.version} · ${oneLine(kernelInWords(dump))} · ${dump.files.map(oneLine).join(' ')} (${dump.format})`;
  // In a file each is one line, to be searched for.
  for (const line of wrap(about, Math.max(40, width))) yield `${paint('quiet', line)}\n`;
  for (const defect of dump.defects)
    for (const line of wrap(`Note: ${oneLine(defect)}`, Math.max(40, width))) yield `${paint('warning', line)}\n`;
  if (signature !== null)
    yield `${paint('quiet', `problem signature ${signature} (dumps that died of the same have the same)`)}\n`;
}

function* paragraph(report: Report, { paint, width }: TextOptions): Generator<string> {
  const sentences = paragraphOf(report);
  if (sentences.length === 0) return;
  yield '\n';
  for (const line of wrap(oneLine(sentences.join(' ')), Math.min(width, widestProse)))
    yield `${paint('heading', line)}\n`;
}

function* findingLines(finding: ReportedFinding, number: number, { paint, width }: TextOptions): Generator<string> {
  const room = Math.min(width, widestProse) - 4;
  const [first = '', ...rest] = wrap(oneLine(finding.sentence), room);
  yield `${String(number).padStart(2)}. ${paint('heading', first)}\n`;
  for (const line of rest) yield `    ${paint('heading', line)}\n`;
  yield `    ${paint('quiet', `${finding.certainty}, ${momentInWords[finding.moment]}; ${finding.plugin}`)}\n`;
  for (const evidence of finding.evidence) {
    for (const [index, line] of wrap(oneLine(evidence), room - 2).entries())
      yield `    ${index === 0 ? '- ' : '  '}${line}\n`;
  }
}

function* sectionLines(section: Section, units: Units, options: TextOptions, titled: boolean): Generator<string> {
  const { paint } = options;
  if (!saysSomething(section)) return;
  const trouble = outcomeInWords(section);
  if (titled) yield `\n${paint('title', `── ${section.plugin}: ${oneLine(section.title)} ──`)}\n`;
  for (const view of section.views) {
    yield `\n`;
    if (view.title !== '') yield `${paint('heading', oneLine(view.title))}\n`;
    yield* viewLines(view, units, options, section.gaps.length > 0);
  }
  if (trouble !== undefined) yield `${paint('bad', oneLine(trouble))}\n`;
}

/** One view, without its title. */
export function* viewLines(view: SolidView, units: Units, options: TextOptions, unread = false): Generator<string> {
  if (isEmpty(view)) {
    for (const words of emptyInWords(view, unread)) yield* quietLines(words, options);
    return;
  }
  switch (view.kind) {
    case 'facts':
      yield* factLines(view, units, options);
      break;
    case 'table':
    case 'tree': {
      const rows = view.kind === 'tree' ? flattenTree(view.roots) : view.rows.map(({ cells }) => ({ cells, lead: '' }));
      if (rows.length > 0) yield* tableLines(view.columns, rows, units, options);
      if (view.note !== undefined) yield* quietLines(view.note, options);
      break;
    }
    case 'log':
      for (const line of view.lines) yield* logLine(line, options);
      break;
    case 'stack':
      for (const stack of view.stacks) yield* stackLines(stack, options);
      break;
    case 'chart':
      yield* chartLines(view, units, options);
      break;
    case 'graph':
      yield* graphLines(view, options);
      break;
    case 'findings':
      for (const [index, finding] of view.findings.entries())
        yield* findingLines({ ...finding, plugin: view.id }, index + 1, options);
      break;
  }
}

function* quietLines(words: string, { paint, width }: TextOptions): Generator<string> {
  for (const line of wrap(oneLine(words), Math.min(width, widestProse))) yield `${paint('quiet', line)}\n`;
}

function* tableLines(
  columns: readonly Column[],
  rows: Parameters<typeof layOutTable>[1],
  units: Units,
  { paint, width }: TextOptions,
): Generator<string> {
  const { header, lines, dropped } = layOutTable(columns, rows, width, units);
  for (const line of header) yield `${paint('quiet', line)}\n`;
  for (const line of lines) yield `${line}\n`;
  if (dropped.length === 0) return;
  const hidden = `${counted(dropped.length, 'column')} hidden for lack of width`;
  for (const line of wrap(
    `(${hidden}: ${dropped.map(oneLine).join(', ')}; a file has all)`,
    Math.min(width, widestProse),
  ))
    yield `${paint('quiet', line)}\n`;
}

function* factLines({ facts }: FactsView, units: Units, { paint, width }: TextOptions): Generator<string> {
  const titleWidth = facts.reduce((widest, fact) => Math.max(widest, widthOf(oneLine(fact.title))), 0);
  for (const fact of facts) {
    const title = oneLine(fact.title);
    const value = oneLine(alone(fact.value, fact.type, units));
    const note = fact.note === undefined ? '' : ` (${oneLine(fact.note)})`;
    // In a file a fact is one line, to be searched for.
    const room = width === Infinity ? width : Math.max(20, Math.min(width, widestFact) - titleWidth - 2);
    const [first = '', ...rest] = wrap(value + note, room);
    yield `${paint('quiet', title)}${' '.repeat(titleWidth - widthOf(title))}  ${isGap(fact.value) ? paint('warning', first) : first}\n`;
    for (const line of rest) yield `${' '.repeat(titleWidth + 2)}${line}\n`;
  }
}

function* logLine(line: LogLine, { paint }: TextOptions): Generator<string> {
  if (line.remark) {
    yield `${paint('warning', `    -- ${oneLine(line.text)}`)}\n`;
    return;
  }
  const lead = oneLine(logLead(line));
  const meaning = meaningOfLevel(line.level);
  for (const text of textLines(line.text)) {
    yield `${paint('quiet', lead)}${lead === '' ? '' : ' '}${meaning === undefined ? text : paint(meaning, text)}\n`;
  }
}

/** A frame in one line, as a stack is written everywhere: "#3 out_of_memory+0x1a2 at mm/oom_kill.c:1092". */
export function frameInWords(frame: StackFrame): string {
  const name =
    frame.function === undefined
      ? address(frame.ip)
      : withModule(withOffset(frame.function, frame.inlined ? undefined : frame.offset), frame.module);
  const place = frame.file === undefined ? '' : ` at ${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`;
  const sure = frame.found === 'scanned' ? '? ' : '';
  const how = frame.inlined ? ' (inlined)' : frame.found === 'framePointer' ? ' (by frame pointer)' : '';
  const note = frame.note === undefined ? '' : `: ${frame.note}`;
  return oneLine(`#${frame.index} ${sure}${name}${place}${how}${note}`);
}

function* stackLines(stack: Stack, { paint, width }: TextOptions): Generator<string> {
  yield `${oneLine(stack.title)}\n`;
  for (const frame of stack.frames) {
    yield `  ${frame.found === 'scanned' ? paint('quiet', frameInWords(frame)) : frameInWords(frame)}\n`;
    for (const [word, list] of [
      ['', frame.arguments],
      ['', frame.locals],
    ] as const) {
      for (const { name, value } of list ?? []) yield `       ${word}${oneLine(name)} = ${oneLine(value)}\n`;
    }
    const registers = Object.entries(frame.registers ?? {}).map(
      ([name, value]) => `${oneLine(name)}=${address(value)}`,
    );
    if (registers.length > 0)
      for (const line of wrap(registers.join(' '), Math.min(width, widestProse) - 5))
        yield `     ${paint('quiet', line)}\n`;
  }
  if (stack.end !== undefined)
    for (const line of wrap(`(${oneLine(stack.end)})`, Math.min(width, widestProse) - 2))
      yield `  ${paint('warning', line)}\n`;
  if (stack.sameAs !== undefined && stack.sameAs.length > 0) {
    for (const line of wrap(
      `the same stack: ${stack.sameAs.map(oneLine).join(', ')}`,
      Math.min(width, widestProse) - 2,
    ))
      yield `  ${paint('quiet', line)}\n`;
  }
}

const widestBar = 30;
/** With fewer cells a bar tells no shares apart. */
const narrowestBar = 8;

function* chartLines(chart: ChartView, units: Units, { paint, width }: TextOptions): Generator<string> {
  const labelWidth = chart.bars.reduce((widest, bar) => Math.max(widest, widthOf(oneLine(bar.label))), 0);
  const whole =
    chart.total ??
    Math.max(0, ...chart.bars.flatMap((bar) => [bar.value, ...(bar.marks ?? []).map((mark) => mark.value)]));
  // Bars against marks are told apart by their labels; parts look as they do in the one bar of a screen or a page.
  const looks = isWhole(chart) ? looksOf(chart.bars) : [];
  const remarks = chart.bars.map(({ marks = [] }) =>
    marks.length === 0
      ? ''
      : `  (${marks.map((mark) => `${oneLine(mark.label)} ${quantity(mark.value, chart.unit, units)}`).join(', ')})`,
  );
  const beside = labelWidth + 2 + 11 + (chart.total === undefined ? 0 : 8) + Math.max(0, ...remarks.map(widthOf));
  const barWidth = Math.min(widestBar, Math.max(narrowestBar, width - beside));
  for (const [index, bar] of chart.bars.entries()) {
    const { shade, hue } = looks[index] ?? { shade: '█' };
    const label = oneLine(bar.label);
    const filled = whole > 0 ? Math.min(barWidth, Math.max(0, Math.round((bar.value / whole) * barWidth))) : 0;
    const share = chart.total === undefined || whole === 0 ? '' : ` ${shareOfWhole(bar.value, whole).padStart(7)}`;
    const drawn = hue === undefined ? shade.repeat(filled) : paint(hue, shade.repeat(filled));
    const rest = paint('quiet', '·'.repeat(barWidth - filled));
    const name = `${label}${' '.repeat(labelWidth - widthOf(label))}`;
    const amount = quantity(bar.value, chart.unit, units).padStart(10);
    const remark = remarks[index]!;
    yield `${name}  ${drawn}${rest} ${amount}${share}${remark === '' ? '' : paint('quiet', remark)}\n`;
  }
}

function* graphLines(graph: GraphView, { paint }: TextOptions): Generator<string> {
  const labels = new Map(graph.nodes.map((node) => [node.id, oneLine(node.label)]));
  const label = (id: string): string => labels.get(id) ?? oneLine(id);
  for (const cycle of graph.cycles)
    yield `${paint('bad', `cycle: ${[...cycle, ...cycle.slice(0, 1)].map(label).join(' → ')}`)}\n`;
  for (const edge of graph.edges)
    yield `${label(edge.from)} → ${label(edge.to)}  ${paint('quiet', oneLine(edge.label))}\n`;
  const joined = new Set(graph.edges.flatMap((edge) => [edge.from, edge.to]));
  for (const node of graph.nodes) if (!joined.has(node.id)) yield `${label(node.id)}\n`;
}

/** Causes beyond this many are counted in text; JSON has them all. */
const causesShown = 40;

function* unread(sections: readonly Section[], { paint, width }: TextOptions): Generator<string> {
  const causes = foldGaps(sections);
  if (causes.length === 0) return;
  yield `\n${paint('title', 'What could not be read')}\n`;
  for (const { summary, folded } of causes.slice(0, causesShown)) {
    // One gap stays on its line, to be searched for; what folds many of them is prose.
    const lines =
      folded.length === 0
        ? [oneLine(summary)]
        : wrap(`${oneLine(summary)} (--format json has all)`, Math.min(width, widestProse) - 2);
    for (const [index, line] of lines.entries()) yield `${paint('warning', index === 0 ? line : `  ${line}`)}\n`;
  }
  if (causes.length > causesShown)
    yield `${paint('quiet', `and ${causes.length - causesShown} more (--format json has all)`)}\n`;
}
