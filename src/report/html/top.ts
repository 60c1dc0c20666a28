import { kernelInWords } from '../kernel-in-words.js';
import type { SolidView } from '../../plugin/section.js';
import type { ChartView, FactsView, GraphView, Headline } from '../../words/views.js';
import { html } from '../escape.js';
import type { Report, ReportedFinding } from '../report.js';
import { saysSomething } from '../outcome-in-words.js';
import { paragraphOf } from '../summary.js';
import { chartHtml } from './chart.js';
import { evidenceHtml, howHtml } from './finding.js';
import { viewHtml, type Shown } from './views.js';

type Headlined = (FactsView | ChartView | GraphView) & { headline: Headline };

/** What stands at the top of the page, and so nowhere else. */
export interface Top {
  readonly views: readonly Headlined[];
  /** The view at the top that shows what this one does; undefined for one that has its own place. */
  sameAs(view: SolidView): SolidView | undefined;
}

/** Pictures first: how it ended is told in words. */
const order: readonly Headline[] = ['waits', 'memory', 'zones', 'end'];

/** One view of each subject, that of the first finding's plugin before another's. */
export function topOf({ sections, findings, dump }: Report): Top {
  const own = findings[0]?.plugin;
  // A page for one question is that question's answer in its own order.
  const from =
    sections.length === 1 ? [] : sections.toSorted((a, b) => Number(b.plugin === own) - Number(a.plugin === own));
  const candidates = from.flatMap(({ plugin, views }) =>
    views
      .filter(isHeadlined)
      // Tasks that wait are everywhere, and seldom what it was about.
      .filter(({ headline }) => headline !== 'waits' || plugin === own),
  );
  const views = order.flatMap((subject) => candidates.find(({ headline }) => headline === subject) ?? []);
  const drawingOf = (view: SolidView): string | undefined =>
    view.kind === 'chart' ? [...chartHtml({ ...view, title: '' }, dump)].join('') : undefined;
  const drawn = new Map(views.filter(({ kind }) => kind === 'chart').map((view) => [drawingOf(view), view]));
  return {
    views,
    sameAs: (view) =>
      views.find((above) => above === view) ?? (view.kind === 'chart' ? drawn.get(drawingOf(view)) : undefined),
  };
}

function isHeadlined(view: SolidView): view is Headlined {
  return 'headline' in view && view.headline !== undefined;
}

/** A sentence of more characters is set smaller, so that the pictures stay in sight. */
const longHeading = 140;

/** Whose machine, what was wrong, the pictures of it, and the way to all else. */
export function* topHtml(report: Report, top: Top, shown: Shown): Generator<string> {
  const { dump, findings, sections } = report;
  const [first] = findings;
  const kernel = kernelInWords(dump);
  yield '<header>\n';
  if (first === undefined) {
    yield `<h1>${html(dump.host ?? kernel)}</h1>\n`;
    if (dump.host !== undefined) yield `<p class="quiet">${html(kernel)}</p>\n`;
  } else {
    const host = dump.host === undefined ? '' : `<strong>${html(dump.host)}</strong> `;
    yield `<p class="machine">${host}${html(kernel)}</p>\n`;
    const size = first.sentence.length > longHeading ? ' class="small"' : '';
    yield `<h1${size}>${html(first.sentence)}</h1>\n`;
    yield `<div class="first">${howHtml(first, shown.places)}${restsOn(first)}</div>\n`;
    const others = paragraphOf(report).filter((sentence) => sentence !== first.sentence);
    if (others.length > 0) yield `<p class="lead">${html(others.join(' '))}</p>\n`;
  }
  for (const defect of dump.defects) yield `<p class="trouble">${html(defect)}</p>\n`;
  if (top.views.length > 0) yield '<div class="pictures">\n';
  const told = new Set(first === undefined ? [] : [first.sentence, ...paragraphOf(report)]);
  for (const view of top.views) {
    yield `<div class="${view.headline}">\n`;
    yield* viewHtml(view, { ...shown, told });
    yield '</div>\n';
  }
  if (top.views.length > 0) yield '</div>\n';
  yield '</header>\n';
  if (sections.length > 1) {
    const links = sections
      .filter(saysSomething)
      .map(({ plugin }) => `<a href="#${html(shown.places.ofSection(plugin))}">${html(plugin)}</a>`);
    yield `<nav aria-label="Sections">${findings.length > 1 ? '<a href="#findings">findings</a> ' : ''}${links.join(' ')}</nav>\n`;
  }
}

/** More characters of evidence are folded, so that the pictures stay in sight. */
const shortEvidence = 300;

function restsOn(finding: ReportedFinding): string {
  const length = finding.evidence.reduce((all, line) => all + line.length, 0);
  return length <= shortEvidence
    ? evidenceHtml(finding)
    : `<details>\n<summary>What it rests on</summary>\n${evidenceHtml(finding)}</details>\n`;
}
