import type { ChartView } from '../../words/views.js';
import { html } from '../escape.js';
import { quantity, shareOfWhole, type Units } from '../format-value.js';
import { isWhole, looksOf } from '../palette.js';

/** Parts of a whole as one bar and its legend; else a bar for each, with its marks. */
export function* chartHtml(chart: ChartView, units: Units): Generator<string> {
  yield* isWhole(chart) ? wholeHtml(chart, chart.total!, units) : barsHtml(chart, units);
}

function* wholeHtml({ title, unit, bars }: ChartView, total: number, units: Units): Generator<string> {
  const looks = looksOf(bars);
  const parts = bars.map((bar, index) => ({
    ...bar,
    paint: looks[index]!.name,
    share: (Math.max(0, bar.value) / total) * 100,
  }));
  const spoken = parts.map(({ label, share }) => `${label} ${shareOfWhole(share, 100)}`).join(', ');
  yield `<svg class="whole" role="img" width="100%" height="44" aria-label="${html(`${title}: ${spoken}`)}">`;
  let at = 0;
  for (const { label, value, paint, share } of parts) {
    const title = `<title>${html(`${label} ${quantity(value, unit, units)}`)}</title>`;
    if (share > 0)
      yield `<rect class="${paint}" x="${at.toFixed(3)}%" width="${share.toFixed(3)}%" height="100%">${title}</rect>`;
    at += share;
  }
  yield '</svg>\n<table class="legend">\n';
  for (const { label, value, paint, share } of parts) {
    const key = `<svg width="14" height="14" aria-hidden="true"><rect class="${paint}" width="14" height="14"/></svg>`;
    const amount = html(quantity(value, unit, units));
    yield `<tr><td>${key}</td><th scope="row">${html(label)}</th><td class="n">${amount}</td>`;
    yield `<td class="n">${html(shareOfWhole(share, 100))}</td></tr>\n`;
  }
  yield '</table>\n';
}

/** The colour of a bar by its marks, lowest first, and where it stands among them. */
function standing(value: number, marks: NonNullable<ChartView['bars'][number]['marks']>): [string, string] {
  const highest = marks.at(-1);
  if (highest === undefined) return ['part', ''];
  const under = marks.find((mark) => value <= mark.value);
  if (under === undefined) return ['good', `above ${highest.label}`];
  return [under === marks[0] ? 'bad' : 'low', `${value === under.value ? 'at' : 'below'} ${under.label}`];
}

function* barsHtml(chart: ChartView, units: Units): Generator<string> {
  const { unit, bars, total } = chart;
  const most = Math.max(0, ...bars.map(({ value }) => value));
  yield '<table class="bars">\n';
  for (const { label, value, marks = [] } of bars) {
    const sorted = marks.toSorted((a, b) => a.value - b.value);
    const highest = sorted.at(-1)?.value ?? 0;
    // Marks are what a bar is read by: it has their scale, and one that goes far beyond them ends at the right.
    const scale = marks.length > 0 ? highest * 1.5 : (total ?? most);
    const percent = (amount: number): string =>
      (scale > 0 ? Math.min(100, Math.max(0, (amount / scale) * 100)) : 0).toFixed(2);

    const [state, verdict] = standing(value, sorted);
    const amount = quantity(value, unit, units);
    const scaleText = sorted.map((mark) => `${mark.label} ${quantity(mark.value, unit, units)}`).join(', ');
    const beyond = marks.length > 0 && value > scale;
    const spoken = `${label}: ${amount}${verdict === '' ? '' : `, ${verdict}; ${scaleText}`}`;
    yield `<tr><th scope="row">${html(label)}</th><td class="n">${html(amount)}</td><td class="track">`;
    yield `<svg role="img" width="100%" height="20" aria-label="${html(spoken)}">`;
    yield `<rect class="ground" width="100%" height="14" y="3"/><rect class="${state}" width="${percent(value)}%" height="14" y="3"/>`;
    for (const mark of sorted) {
      const title = `<title>${html(`${mark.label} ${quantity(mark.value, unit, units)}`)}</title>`;
      yield `<rect class="mark" x="${percent(mark.value)}%" width="2" height="20">${title}</rect>`;
    }
    if (beyond) yield '<text class="beyond" x="99%" y="14" text-anchor="end">»</text>';
    yield '</svg>';
    if (marks.length > 0)
      yield `<span class="${state}">${html(verdict)}</span> <span class="quiet">${html(scaleText)}</span>`;
    yield '</td></tr>\n';
  }
  yield '</table>\n';
}
