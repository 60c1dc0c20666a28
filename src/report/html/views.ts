import type { SolidView } from '../../plugin/section.js';
import type { FactsView, Stack } from '../../words/views.js';
import { html, textLines } from '../escape.js';
import { alone, type Units } from '../format-value.js';
import { logLead } from '../log-lead.js';
import { emptyInWords, isEmpty } from '../empty-view.js';
import { flattenTree } from '../lay-out-table.js';
import { plain } from '../paint.js';
import { viewLines } from '../render-text.js';
import { folded, titled } from './block.js';
import { chartHtml } from './chart.js';
import { graphHtml } from './graph.js';
import type { Places } from './places.js';
import { tableHtml } from './table.js';
import { counted } from '../../words/quantity.js';

type Solid<K extends SolidView['kind']> = Extract<SolidView, { kind: K }>;

export interface Shown {
  readonly units: Units;
  readonly places: Places;
  /** Whether what is long is folded: not on a page that answers one question. */
  readonly folds: boolean;
  /** Sentences that stand right above: no fact repeats them. */
  readonly told?: ReadonlySet<string>;
}

/** Lines of a log that are shown unfolded. */
const fewLines = 12;
/** Stacks that are shown unfolded; beyond them the first alone is. */
const fewStacks = 2;

/** One view with its title, at its anchor. @param unread whether something of its section could not be read */
export function* viewHtml(view: SolidView, shown: Shown, unread = false): Generator<string> {
  const anchor = shown.places.ofView(view);
  if (isEmpty(view) && view.kind !== 'findings') {
    yield* titled(anchor, view.title, emptyHtml(view, unread));
    return;
  }
  switch (view.kind) {
    case 'facts':
      yield* titled(anchor, view.title, factsHtml(view, shown));
      break;
    case 'table':
      yield* tableHtml(
        { ...view, anchor, rows: view.rows.map(({ cells }) => ({ cells, lead: '' })) },
        shown.units,
        shown.folds,
      );
      break;
    case 'tree':
      yield* tableHtml({ ...view, anchor, rows: flattenTree(view.roots) }, shown.units, shown.folds);
      break;
    case 'chart':
      yield* titled(anchor, view.title, chartHtml(view, shown.units));
      break;
    case 'graph':
      yield* titled(anchor, view.title, graphHtml(view));
      break;
    case 'stack':
      yield* titled(anchor, view.title, stacksHtml(view, shown));
      break;
    case 'log': {
      const count = view.lines.length;
      yield* shown.folds && count > fewLines
        ? folded({ anchor, title: view.title, count: counted(count, 'line') }, logHtml(view))
        : titled(anchor, view.title, logHtml(view));
      break;
    }
    // A report's findings stand at its top.
    case 'findings':
      break;
    default:
      view satisfies never;
  }
}

function* emptyHtml(view: SolidView, unread: boolean): Generator<string> {
  for (const words of emptyInWords(view, unread)) yield `<p class="quiet">${html(words)}</p>\n`;
}

function* factsHtml({ facts }: FactsView, { units, told }: Shown): Generator<string> {
  yield '<dl>\n';
  for (const { title, value, type, note } of facts) {
    if (note === undefined && typeof value === 'string' && told?.has(value)) continue;
    yield `<dt>${html(title)}</dt><dd>${html(alone(value, type, units))}${note === undefined ? '' : ` <span class="quiet">(${html(note)})</span>`}</dd>\n`;
  }
  yield '</dl>\n';
}

function* logHtml({ lines }: Solid<'log'>): Generator<string> {
  yield '<pre>';
  for (const record of lines) {
    const { level, text, remark } = record;
    const lead = logLead(record);
    const meaning = remark ? 'trouble' : level !== undefined && level <= 3 ? 'error' : undefined;
    for (const line of textLines(text)) {
      const body = meaning === undefined ? html(line) : `<span class="${meaning}">${html(line)}</span>`;
      yield lead === '' ? `${body}\n` : `<i>${html(lead)}</i> ${body}\n`;
    }
  }
  yield '</pre>\n';
}

function* stacksHtml({ stacks }: Solid<'stack'>, { units, places, folds }: Shown): Generator<string> {
  const given = new Set<string>();
  for (const [index, stack] of stacks.entries()) {
    const open = !folds || index === 0 || stacks.length <= fewStacks;
    const anchor = stack.door === undefined ? undefined : places.ofStack(stack.door.address);
    const first = anchor !== undefined && !given.has(anchor);
    if (first) given.add(anchor);
    yield `<details class="stack"${open ? ' open' : ''}${first ? ` id="${html(anchor)}"` : ''}>\n<summary>${html(stack.title)}</summary>\n<pre>`;
    for (const line of stackText(stack, units)) yield `${html(line)}\n`;
    yield '</pre>\n</details>\n';
  }
}

/** As a terminal shows it, less the title. */
function stackText(stack: Stack, units: Units): string[] {
  const lines = viewLines({ kind: 'stack', id: '', title: '', stacks: [stack] }, units, {
    width: Infinity,
    paint: plain,
  });
  return [...lines].slice(1).map((line) => line.replace(/\n$/, ''));
}
