import type { GraphView } from '../../words/views.js';
import { html } from '../escape.js';

/** Edges beside circles that are shown unfolded. */
const fewEdges = 6;

/** Circles as chains that lead back to their beginning; then what leads into them, and all else. */
export function* graphHtml({ nodes, edges, cycles }: GraphView): Generator<string> {
  const labels = new Map(nodes.map(({ id, label, kind }) => [id, { label, kind }]));
  const node = (id: string): string =>
    `<span class="node ${labels.get(id)?.kind ?? 'object'}">${html(labels.get(id)?.label ?? id)}</span>`;
  const inCycles = new Set<(typeof edges)[number]>();
  for (const cycle of cycles) {
    yield '<p class="ring">';
    for (const [place, id] of cycle.entries()) {
      const next = cycle[(place + 1) % cycle.length]!;
      const edge = edges.find(({ from, to }) => from === id && to === next);
      if (edge !== undefined) inCycles.add(edge);
      yield `${node(id)} <span class="edge">${html(edge?.label ?? '')} ${place === cycle.length - 1 ? '↺' : '→'}</span> `;
    }
    yield `${cycle.length === 0 ? '' : node(cycle[0]!)}</p>\n`;
  }
  const others = edges.filter((edge) => !inCycles.has(edge));
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const alone = nodes.filter(({ id }) => !joined.has(id));
  const count = others.length + alone.length;
  if (count === 0) return;
  const folds = count > fewEdges;
  if (folds) yield `<details>\n<summary>${count}${cycles.length === 0 ? '' : ' more'}</summary>\n`;
  yield '<ul class="edges">\n';
  for (const { from, to, label } of others)
    yield `<li>${node(from)} <span class="edge">${html(label)} →</span> ${node(to)}</li>\n`;
  for (const { id } of alone) yield `<li>${node(id)}</li>\n`;
  yield folds ? '</ul>\n</details>\n' : '</ul>\n';
}
