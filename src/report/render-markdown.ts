import { momentInWords } from '../words/finding.js';
import type { Section, SolidView } from '../plugin/section.js';
import type { Column, Row } from '../words/views.js';
import { fenced, markdown, oneLine } from './escape.js';
import { foldGaps } from './fold-gaps.js';
import { alone, cellText, columnUnit, isNumeric, quantity, type Units } from './format-value.js';
import { emptyInWords, isEmpty } from './empty-view.js';
import { kernelInWords } from './kernel-in-words.js';
import { flattenTree } from './lay-out-table.js';
import { nothingInWords, outcomeInWords, saysSomething } from './outcome-in-words.js';
import { plain } from './paint.js';
import { viewLines, type TextOptions } from './render-text.js';
import type { Report } from './report.js';
import { paragraphOf } from './summary.js';

/** The report as GitHub-flavoured Markdown, for a ticket. */
export function* renderMarkdown(report: Report, { raw = false }: Pick<TextOptions, 'raw'> = {}): Generator<string> {
  const { dump, tool } = report;
  yield `# ${markdown(kernelInWords(dump))}\n\n`;
  yield `${markdown(`${tool.name} ${tool.version}, ${dump.files.join(' ')}: ${dump.format}`)}\n`;
  if (report.signature !== null) yield `\nProblem \`${report.signature}\`\n`;
  for (const defect of dump.defects) yield `\n> ${markdown(defect)}\n`;
  const sentences = paragraphOf(report);
  if (sentences.length > 0) yield `\n${markdown(sentences.join(' '))}\n`;
  if (report.findings.length > 0) yield '\n## Findings\n\n';
  for (const [index, finding] of report.findings.entries()) {
    yield `${index + 1}. **${markdown(finding.sentence)}** (${finding.certainty}, ${momentInWords[finding.moment]}; ${markdown(finding.plugin)})\n`;
    for (const evidence of finding.evidence) yield `   - ${markdown(evidence)}\n`;
  }
  for (const section of report.sections) yield* sectionMarkdown(section, { pageSize: dump.pageSize, raw });
  const nothing = nothingInWords(report);
  if (nothing !== undefined) yield `\n${nothing}\n`;
  const causes = foldGaps(report.sections);
  if (causes.length > 0) yield '\n## What could not be read\n\n';
  for (const { summary } of causes) yield `- ${markdown(summary)}\n`;
}

function* sectionMarkdown(section: Section, units: Units): Generator<string> {
  if (!saysSomething(section)) return;
  const trouble = outcomeInWords(section);
  yield `\n## ${markdown(`${section.plugin}: ${section.title}`)}\n`;
  for (const view of section.views) {
    yield view.title === '' ? '\n' : `\n### ${markdown(view.title)}\n\n`;
    yield* viewMarkdown(view, units, section.gaps.length > 0);
  }
  if (trouble !== undefined) yield `\n> ${markdown(trouble)}\n`;
}

/** One view, without its title. */
export function* viewMarkdown(view: SolidView, units: Units, unread = false): Generator<string> {
  if (isEmpty(view)) {
    yield `${emptyInWords(view, unread)
      .map((words) => markdown(oneLine(words)))
      .join('\n\n')}\n`;
    return;
  }
  switch (view.kind) {
    case 'facts':
      for (const { title, value, type, note } of view.facts)
        yield `- ${markdown(title)}: ${markdown(alone(value, type, units))}${note === undefined ? '' : ` (${markdown(note)})`}\n`;
      break;
    case 'table':
      yield* tableMarkdown(
        view.columns,
        view.rows.map(({ cells }) => ({ cells, lead: '' })),
        view.note,
        units,
      );
      break;
    case 'tree':
      yield* tableMarkdown(view.columns, flattenTree(view.roots), view.note, units);
      break;
    case 'chart':
      for (const bar of view.bars) {
        const marks = (bar.marks ?? [])
          .map((mark) => `${mark.label} ${quantity(mark.value, view.unit, units)}`)
          .join(', ');
        yield `- ${markdown(bar.label)}: ${markdown(quantity(bar.value, view.unit, units))}${marks === '' ? '' : ` (${markdown(marks)})`}\n`;
      }
      break;
    default: {
      // Logs, stacks and graphs read best as they stand in a terminal.
      const lines = [...viewLines(view, units, { width: Infinity, paint: plain })].map((line) =>
        line.replace(/\n$/, ''),
      );
      yield `${fenced(lines)}\n`;
    }
  }
}

function* tableMarkdown(
  columns: readonly Column[],
  rows: readonly { cells: Row['cells']; lead: string }[],
  note: string | undefined,
  units: Units,
): Generator<string> {
  const title = (column: Column): string => {
    const unit = columnUnit(column, units);
    return markdown(unit === undefined ? column.title : `${column.title} (${unit})`);
  };
  yield `| ${columns.map(title).join(' | ')} |\n`;
  yield `|${columns.map(({ type }) => (isNumeric(type) ? ' ---: ' : ' --- ')).join('|')}|\n`;
  for (const { cells, lead } of rows) {
    const texts = columns.map(
      (column, index) => (index === 0 ? lead : '') + markdown(cellText(cells[column.key] ?? null, column, units)),
    );
    yield `| ${texts.join(' | ')} |\n`;
  }
  if (note !== undefined) yield `\n${markdown(oneLine(note))}\n`;
}
