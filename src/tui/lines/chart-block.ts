import type { ChartView } from '../../words/views.js';
import { quantity, shareOfWhole } from '../../report/format-value.js';
import { cutCell, widthOf } from '../../report/lay-out-table.js';
import type { Meaning } from '../../report/paint.js';
import { isWhole, looksOf } from '../../report/palette.js';
import { fixedBlock, padded, span, type Block, type Line, type Span } from './line.js';
import type { Room, ShownView } from './view-state.js';
import { shownText } from './shown-text.js';

/** Beside a bar a label has so many columns, or a third of the screen; on a narrow one what bar and amount leave. */
const leastForLabel = 28;
/** What stands beside labels is not cut: texture, amount and share in a legend, and the amount behind a bar. */
const besideLegend = 23;
const besideBar = 12;
const narrowestLabel = 6;
const narrowestBar = 12;
const widestBar = 60;

/** Parts of a whole as one bar and its legend; else a bar for each, with its marks upon it. */
export function chartBlock({ view, key }: ShownView, room: Room): Block {
  if (view.kind !== 'chart') throw new Error(`${view.kind} is no chart`);
  return fixedBlock(key, isWhole(view) ? wholeLines(view, view.total!, room) : barLines(view, room), key);
}

/** The colour of a bar by its marks, lowest first, and the lowest of them that it is below. */
function standing<M>(marks: readonly M[], under: M | undefined): 'bad' | 'warning' | 'good' | undefined {
  if (marks.length === 0) return undefined;
  if (under === undefined) return 'good';
  return under === marks[0] ? 'bad' : 'warning';
}

function wholeLines(chart: ChartView, total: number, room: Room): Line[] {
  const width = Math.max(narrowestBar, room.width - 2);
  const looks = looksOf(chart.bars);
  const parts = chart.bars.map((bar, index) => ({ ...bar, shade: looks[index]!.shade, meaning: looks[index]!.hue }));
  const cells = shareOut(
    parts.map(({ value }) => value),
    total,
    width,
  );
  const bar: Span[] = parts.map(({ shade, meaning }, index) => span(shade.repeat(cells[index]!), meaning));
  const rest = width - cells.reduce((sum, count) => sum + count, 0);
  const labelWidth = labelWidthOf(chart, room.width - besideLegend);
  return [
    { spans: [...bar, span('·'.repeat(Math.max(0, rest)), 'quiet')] },
    ...parts.map(({ label, value, shade, meaning }) => ({
      spans: [
        span(`${shade.repeat(2)} `, meaning),
        span(labelled(label, labelWidth)),
        span(`${quantity(value, chart.unit, room.units).padStart(12)} ${shareOfWhole(value, total).padStart(7)}`),
      ],
    })),
  ];
}

/** How many cells of a bar each part gets: no part is lost for being small, and the whole is not exceeded. */
function shareOut(values: readonly number[], total: number, width: number): number[] {
  const cells = values.map((value) => (value <= 0 ? 0 : Math.max(1, Math.round((value / total) * width))));
  for (let over = cells.reduce((sum, count) => sum + count, 0) - width; over > 0; over--) {
    const largest = cells.indexOf(Math.max(...cells));
    if (cells[largest]! <= 1) break;
    cells[largest]!--;
  }
  return cells;
}

function barLines(chart: ChartView, room: Room): Line[] {
  const labelWidth = labelWidthOf(
    chart,
    Math.min(Math.max(leastForLabel, Math.floor(room.width / 3)), room.width - narrowestBar - besideBar),
  );
  const most = Math.max(0, ...chart.bars.flatMap((bar) => [bar.value, ...(bar.marks ?? []).map(({ value }) => value)]));
  const scale = chart.total ?? most;
  const marked = chart.bars.some((bar) => (bar.marks ?? []).length > 0);
  const width = Math.min(
    widestBar,
    Math.max(narrowestBar, Math.floor((room.width - labelWidth - 14) * (marked ? 0.5 : 1))),
  );
  return chart.bars.flatMap((bar) => {
    const label = labelled(bar.label, labelWidth);
    const amount = quantity(bar.value, chart.unit, room.units);
    const marks = (bar.marks ?? []).toSorted((a, b) => a.value - b.value);
    const under = marks.find(({ value }) => bar.value < value);
    const meaning = standing(marks, under);
    const share =
      chart.total === undefined || chart.total === 0 ? '' : ` ${shareOfWhole(bar.value, chart.total).padStart(7)}`;
    const first: Line = {
      spans: [
        span(label),
        span(' '),
        ...barSpans(bar.value, marks, scale, width, meaning),
        span(` ${amount.padStart(10)}${share}`),
        ...(under === undefined ? [] : [span(` below ${shownText(under.label)}`, meaning)]),
      ],
    };
    if (marks.length === 0) return [first];
    const legend = marks
      .map(
        ({ label: name, value }) => `${letterOf(name)} ${shownText(name)} ${quantity(value, chart.unit, room.units)}`,
      )
      .join('   ');
    return [first, { spans: [span(' '.repeat(labelWidth + 1)), span(legend, 'quiet')] }];
  });
}

/** The bar, with each mark's letter where its value lies: `██████m··l·h····`. */
function barSpans(
  value: number,
  marks: readonly { label: string; value: number }[],
  scale: number,
  width: number,
  meaning: Meaning | undefined,
): Span[] {
  const at = (amount: number): number =>
    scale <= 0 ? 0 : Math.min(width, Math.max(0, Math.round((amount / scale) * width)));
  const filled = value > 0 ? Math.max(1, at(value)) : 0;
  const letters = new Map<number, string>();
  for (const mark of marks) {
    // Marks that fall on one cell stand beside each other, in their order.
    let cell = Math.min(width - 1, at(mark.value));
    while (letters.has(cell) && cell < width - 1) cell++;
    letters.set(cell, letterOf(mark.label));
  }
  const spans: Span[] = [];
  for (let cell = 0; cell < width;) {
    const letter = letters.get(cell);
    if (letter !== undefined) {
      spans.push(span(letter, 'heading'));
      cell++;
      continue;
    }
    const isFilled = cell < filled;
    let end = cell;
    while (end < width && !letters.has(end) && end < filled === isFilled) end++;
    spans.push(isFilled ? span('█'.repeat(end - cell), meaning) : span('·'.repeat(end - cell), 'quiet'));
    cell = end;
  }
  return spans;
}

function letterOf(label: string): string {
  const first = shownText(label).charAt(0);
  return first !== '' && widthOf(first) === 1 ? first : '|';
}

function labelWidthOf(chart: ChartView, most: number): number {
  return Math.min(
    Math.max(narrowestLabel, most),
    chart.bars.reduce((widest, bar) => Math.max(widest, widthOf(shownText(bar.label))), 0),
  );
}

function labelled(label: string, width: number): string {
  const text = shownText(label);
  return padded(widthOf(text) > width ? cutCell(text, width) : text, width);
}
