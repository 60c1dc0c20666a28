import { kernelInWords } from './kernel-in-words.js';
import type { Section } from '../plugin/section.js';
import { html } from './escape.js';
import { foldGaps } from './fold-gaps.js';
import { contentPolicy, hatches, script, style } from './html/assets.js';
import { evidenceHtml, howHtml } from './html/finding.js';
import { placesOf, type Places } from './html/places.js';
import { topHtml, topOf, type Top } from './html/top.js';
import { viewHtml, type Shown } from './html/views.js';
import { nothingInWords, outcomeInWords, saysSomething } from './outcome-in-words.js';
import type { TextOptions } from './render-text.js';
import type { Report, ReportedFinding } from './report.js';

/**
 * The report as one HTML file: the first finding and the pictures that belong to it at the top, long tables folded,
 * nothing fetched. It reads whole without its script, which sorts and filters tables.
 */
export function* renderHtml(report: Report, { raw = false }: Pick<TextOptions, 'raw'> = {}): Generator<string> {
  const places = placesOf(report);
  const top = topOf(report);
  const shown: Shown = { units: { pageSize: report.dump.pageSize, raw }, places, folds: report.sections.length > 1 };
  yield `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n';
  yield `<meta name="referrer" content="no-referrer">\n<title>${html(titleOf(report))}</title>\n`;
  yield `<style>${style}</style>\n</head>\n<body>\n${hatches}\n`;
  yield* topHtml(report, top, shown);
  yield '<main>\n';
  yield* furtherFindings(report.findings.slice(1), places);
  for (const section of report.sections.filter(saysSomething)) yield* sectionHtml(section, top, shown);
  const nothing = nothingInWords(report);
  if (nothing !== undefined) yield `<p class="quiet">${html(nothing)}</p>\n`;
  yield* unread(report.sections);
  yield '</main>\n';
  yield* footer(report);
  yield `<script>${script}</script>\n</body>\n</html>\n`;
}

/** What a window, a tab and a bookmark show: whose machine, and what was wrong. */
function titleOf({ dump, findings }: Report): string {
  const what = findings[0]?.sentence ?? kernelInWords(dump);
  return dump.host === undefined ? what : `${dump.host}: ${what}`;
}

function* furtherFindings(findings: readonly ReportedFinding[], places: Places): Generator<string> {
  if (findings.length === 0) return;
  yield '<section id="findings">\n<h2>Further findings</h2>\n<ol class="findings" start="2">\n';
  for (const finding of findings) {
    yield `<li><p class="sentence">${html(finding.sentence)}</p>\n${howHtml(finding, places)}${evidenceHtml(finding)}</li>\n`;
  }
  yield '</ol>\n</section>\n';
}

function* sectionHtml(section: Section, top: Top, shown: Shown): Generator<string> {
  const trouble = outcomeInWords(section);
  yield `<section id="${html(shown.places.ofSection(section.plugin))}">\n<h2>${html(section.title)}</h2>\n`;
  for (const view of section.views) {
    const above = top.sameAs(view);
    if (above === undefined) yield* viewHtml(view, shown, section.gaps.length > 0);
    else
      yield `<p class="quiet"><a href="#${html(shown.places.ofView(above))}">${html(view.title)}</a>: at the top</p>\n`;
  }
  if (trouble !== undefined) yield `<p class="trouble">${html(trouble)}</p>\n`;
  yield '</section>\n';
}

function* unread(sections: readonly Section[]): Generator<string> {
  const causes = foldGaps(sections);
  if (causes.length === 0) return;
  yield '<section id="unread">\n<h2>What could not be read</h2>\n<ul>\n';
  for (const { summary, folded } of causes) {
    const all = folded.map((line) => `<li>${html(line)}</li>`).join('\n');
    yield folded.length === 0
      ? `<li>${html(summary)}</li>\n`
      : `<li><details><summary>${html(summary)}</summary>\n<ul>\n${all}\n</ul></details></li>\n`;
  }
  yield '</ul>\n</section>\n';
}

function* footer({ tool, dump, signature }: Report): Generator<string> {
  yield `<footer class="quiet"><p>${html(`${tool.name} ${tool.version}, from ${dump.files.join(' ')}: ${dump.format}`)}`;
  yield signature === null
    ? '</p></footer>\n'
    : `<br>Problem <code>${html(signature)}</code>: the same for dumps that died of the same.</p></footer>\n`;
}
