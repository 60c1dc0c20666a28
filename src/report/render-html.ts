import type { Section, SolidView } from '../plugin/section.js';
import type { ChartView, Column, Row } from '../plugin/views.js';
import { html, textLines } from './escape.js';
import { alone, inTable, isNumeric, quantity, timestamp, unitOf, type Units } from './format-value.js';
import { flattenTree } from './lay-out-table.js';
import { outcomeInWords } from './outcome-in-words.js';
import { plain } from './paint.js';
import { viewLines } from './render-text.js';
import type { Report } from './report.js';

/** The report as one HTML file: no script, nothing fetched, prints well, follows the reader's light or dark scheme. */
export function* renderHtml(report: Report): Generator<string> {
  const { dump, tool } = report;
  const title = html(`Linux ${dump.release} ${dump.architecture}: oompm report`);
  yield `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`;
  yield `<meta name="viewport" content="width=device-width">\n<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n`;
  yield `<h1>${html(`Linux ${dump.release} ${dump.architecture}`)}</h1>\n`;
  yield `<p class="quiet">${html(`${tool.name} ${tool.version}, ${dump.files.join(' ')}: ${dump.format}`)}`;
  yield report.signature === null ? '</p>\n' : `<br>problem <code>${html(report.signature)}</code></p>\n`;
  for (const defect of dump.defects) yield `<p class="trouble">${html(defect)}</p>\n`;
  if (report.sections.length > 1) {
    yield `<nav>${report.sections.map(({ plugin }) => `<a href="#${html(plugin)}">${html(plugin)}</a>`).join(' ')}</nav>\n`;
  }
  if (report.findings.length > 0) {
    yield '<h2>Findings</h2>\n<ol class="findings">\n';
    for (const finding of report.findings) {
      const moment = finding.moment === 'report' ? 'at the OOM report' : 'in the dump';
      yield `<li><strong>${html(finding.sentence)}</strong> <span class="quiet">${finding.certainty}, ${moment}; ${html(finding.plugin)}</span>\n`;
      if (finding.evidence.length > 0) yield `<ul>${finding.evidence.map((line) => `<li>${html(line)}</li>`).join('')}</ul>\n`;
      yield '</li>\n';
    }
    yield '</ol>\n';
  }
  for (const section of report.sections) yield* sectionHtml(section, dump);
  const withGaps = report.sections.filter((section) => section.gaps.length > 0);
  if (withGaps.length > 0) {
    yield '<h2>What could not be read</h2>\n<ul>\n';
    for (const { plugin, gaps } of withGaps) for (const { what, reason } of gaps) yield `<li>${html(`${plugin}: ${what}: ${reason}`)}</li>\n`;
    yield '</ul>\n';
  }
  yield '</body>\n</html>\n';
}

function* sectionHtml(section: Section, units: Units): Generator<string> {
  const trouble = outcomeInWords(section);
  yield `<section id="${html(section.plugin)}">\n<h2>${html(section.title)}</h2>\n`;
  for (const view of section.views) {
    if (view.title !== '') yield `<h3>${html(view.title)}</h3>\n`;
    yield* viewHtml(view, units);
  }
  if (trouble !== undefined) yield `<p class="trouble">${html(trouble)}</p>\n`;
  yield '</section>\n';
}

/** One view, without its title. */
export function* viewHtml(view: SolidView, units: Units): Generator<string> {
  switch (view.kind) {
    case 'facts':
      yield '<dl>\n';
      for (const { title, value, type, note } of view.facts) {
        yield `<dt>${html(title)}</dt><dd>${html(alone(value, type, units))}${note === undefined ? '' : ` <span class="quiet">${html(note)}</span>`}</dd>\n`;
      }
      yield '</dl>\n';
      break;
    case 'table': yield* tableHtml(view.columns, view.rows.map(({ cells }) => ({ cells, lead: '' })), view.note); break;
    case 'tree': yield* tableHtml(view.columns, flattenTree(view.roots), view.note); break;
    case 'chart': yield* chartHtml(view, units); break;
    case 'log':
      yield '<pre>';
      for (const { timeNs, caller, level, text, remark } of view.lines) {
        const lead = `${timeNs === undefined ? '' : timestamp(timeNs)}${caller === undefined ? '' : `[${caller.padStart(6)}]`}`;
        const meaning = remark ? 'trouble' : level !== undefined && level <= 3 ? 'error' : undefined;
        for (const line of textLines(text)) {
          const body = meaning === undefined ? html(line) : `<span class="${meaning}">${html(line)}</span>`;
          yield `<span class="quiet">${html(lead)}</span> ${body}\n`;
        }
      }
      yield '</pre>\n';
      break;
    default: {
      yield '<pre>';
      for (const line of viewLines(view, units, { width: Infinity, paint: plain })) yield `${html(line.replace(/\n$/, ''))}\n`;
      yield '</pre>\n';
    }
  }
}

function* tableHtml(columns: readonly Column[], rows: readonly { cells: Row['cells']; lead: string }[], note: string | undefined): Generator<string> {
  const kind = ({ type }: Column): string => isNumeric(type) ? ' class="number"' : '';
  yield `<div class="wide"><table>\n<thead><tr>${columns.map((column) => {
    const unit = unitOf(column.type);
    return `<th${kind(column)}>${html(column.title)}${unit === undefined ? '' : `<br><span class="quiet">${unit}</span>`}</th>`;
  }).join('')}</tr></thead>\n<tbody>\n`;
  for (const { cells, lead } of rows) {
    yield `<tr>${columns.map((column, index) => `<td${kind(column)}>${index === 0 ? html(lead) : ''}${html(inTable(cells[column.key] ?? null, column.type))}</td>`).join('')}</tr>\n`;
  }
  yield '</tbody>\n</table></div>\n';
  if (note !== undefined) yield `<p class="quiet">${html(note)}</p>\n`;
}

function* chartHtml(chart: ChartView, units: Units): Generator<string> {
  const whole = chart.total ?? Math.max(0, ...chart.bars.flatMap((bar) => [bar.value, ...(bar.marks ?? []).map((mark) => mark.value)]));
  const percent = (value: number): string => (whole > 0 ? Math.min(100, Math.max(0, (value / whole) * 100)) : 0).toFixed(2);
  yield '<table class="chart">\n';
  for (const bar of chart.bars) {
    const marks = (bar.marks ?? []).map((mark) => `${mark.label} ${quantity(mark.value, chart.unit, units)}`).join(', ');
    const lines = (bar.marks ?? []).map((mark) => `<i style="left:${percent(mark.value)}%" title="${html(mark.label)}"></i>`).join('');
    yield `<tr><th>${html(bar.label)}</th><td class="track"><div><b style="width:${percent(bar.value)}%"></b>${lines}</div></td><td class="number">${html(quantity(bar.value, chart.unit, units))}</td><td class="quiet">${html(marks)}</td></tr>\n`;
  }
  yield '</table>\n';
}

const style = `
:root{color-scheme:light dark;--quiet:#666;--line:#ccc;--bar:#4a7fb5;--trouble:#a33}
@media (prefers-color-scheme:dark){:root{--quiet:#999;--line:#444;--bar:#6ba3d6;--trouble:#f88}}
body{font:15px/1.45 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2rem;border-bottom:1px solid var(--line)}
h3{margin:1.2rem 0 .4rem}
nav a{margin-right:.8rem}
.quiet{color:var(--quiet);font-weight:normal}
.trouble{color:var(--trouble)}
.error{font-weight:bold}
.findings>li{margin:.8rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}
dt{color:var(--quiet)}
dd{margin:0}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9em}
th,td{padding:.1rem .6rem .1rem 0;text-align:left;vertical-align:top;white-space:pre}
thead th{border-bottom:1px solid var(--line)}
.number{text-align:right;font-variant-numeric:tabular-nums}
td,pre{font-family:ui-monospace,monospace}
pre{overflow-x:auto;font-size:.85em}
.track{width:20rem}
.track div{position:relative;height:1rem;background:color-mix(in srgb,var(--bar) 20%,transparent)}
.track b{position:absolute;inset:0 auto 0 0;background:var(--bar)}
.track i{position:absolute;top:0;bottom:0;width:2px;background:currentColor}
@media print{body{max-width:none;margin:0;font-size:10pt}nav{display:none}.wide,pre{overflow:visible}pre,td{white-space:pre-wrap}h2,h3{break-after:avoid}tr{break-inside:avoid}}
`;
