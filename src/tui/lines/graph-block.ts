import type { GraphView } from '../../words/views.js';
import { address } from '../../report/format-value.js';
import { fixedBlock, plainLine, span, type Block, type Line, type NamedTarget } from './line.js';
import type { ShownView } from './view-state.js';
import { shownText } from './shown-text.js';

type Node = GraphView['nodes'][number];
type Edge = GraphView['edges'][number];

/** More is drawn by no one; the rest is counted. */
const mostLines = 5_000;

/**
 * Who waits for whom, drawn from top to bottom: each cycle as a ring with its way back on the left, then what hangs on
 * it, then the rest as trees. An edge is drawn once; a node that was drawn before is named and not followed again.
 */
export function graphBlock({ view, key }: ShownView): Block {
  if (view.kind !== 'graph') throw new Error(`${view.kind} is no graph`);
  const lines: Line[] = [];
  for (const line of graphLines(view)) {
    if (lines.length === mostLines) {
      lines.push(plainLine('… and more than can be drawn', 'warning'));
      break;
    }
    lines.push(line);
  }
  return fixedBlock(key, lines.length > 0 ? lines : [plainLine('nothing waits', 'quiet')], key);
}

const shapes: Readonly<Record<Node['kind'], readonly [string, string]>> = {
  cpu: ['<', '>'],
  task: ['[', ']'],
  lock: ['(', ')'],
  object: ['{', '}'],
};

function* graphLines(graph: GraphView): Generator<Line> {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const drawnNodes = new Set<string>();
  const drawnEdges = new Set<Edge>();
  const outOf = groupBy(graph.edges, ({ from }) => from);
  const into = groupBy(graph.edges, ({ to }) => to);
  yield joining([span('<CPU>  [task]  (lock)  {object}', 'quiet')]);
  for (const [index, cycle] of graph.cycles.entries()) {
    const known = cycle.filter((id) => nodes.has(id));
    if (known.length === 0) continue;
    yield joining([span('')]);
    yield joining([span(`cycle ${index + 1} of ${graph.cycles.length}: none of these can go on`, 'bad')]);
    yield* ringLines(known, nodes, outOf, drawnEdges);
    for (const id of known) drawnNodes.add(id);
  }
  const rest = graph.edges.filter((edge) => !drawnEdges.has(edge));
  const starts = [
    ...graph.nodes.filter(({ id }) => !into.has(id) && outOf.has(id)).map(({ id }) => id),
    ...rest.map(({ from }) => from),
  ];
  for (const start of starts) {
    if (!(outOf.get(start) ?? []).some((edge) => !drawnEdges.has(edge))) continue;
    yield joining([span('')]);
    yield nodeLine(nodes.get(start), start, [], '', drawnNodes.has(start) ? ' (see above)' : '');
    drawnNodes.add(start);
    yield* treeLines(start, nodes, outOf, drawnNodes, drawnEdges);
  }
  const alone = graph.nodes.filter(({ id }) => !drawnNodes.has(id) && !outOf.has(id) && !into.has(id));
  if (alone.length > 0) yield joining([span('')]);
  for (const node of alone) yield nodeLine(node, node.id, [], '', '');
}

function* ringLines(
  cycle: readonly string[],
  nodes: ReadonlyMap<string, Node>,
  outOf: ReadonlyMap<string, readonly Edge[]>,
  drawn: Set<Edge>,
): Generator<Line> {
  for (const [place, id] of cycle.entries()) {
    const next = cycle[(place + 1) % cycle.length]!;
    const edge = (outOf.get(id) ?? []).find(({ to }) => to === next);
    if (edge !== undefined) drawn.add(edge);
    const rail = place === 0 ? '  ┌──▶ ' : '  │    ';
    yield nodeLine(nodes.get(id), id, [span(rail, 'bad')], '', '', 'bad');
    const label = shownText(edge?.label ?? '');
    if (place === cycle.length - 1) {
      yield joining([span('  └─────── ', 'bad'), span(label, 'quiet')]);
    } else {
      yield joining([span('  │      │ ', 'bad'), span(label, 'quiet')]);
      yield joining([span('  │      ▼', 'bad')]);
    }
  }
}

/** What only joins the nodes above and below it. */
function joining(spans: Line['spans']): Line {
  return { spans, part: 'joins' };
}

/** Depth first and without recursion: how deep waiting goes is the dump's to choose. */
function* treeLines(
  start: string,
  nodes: ReadonlyMap<string, Node>,
  outOf: ReadonlyMap<string, readonly Edge[]>,
  drawnNodes: Set<string>,
  drawnEdges: Set<Edge>,
): Generator<Line> {
  const open = edgesOf(start, '');
  for (let next = open.pop(); next; next = open.pop()) {
    const { edge, lead, last } = next;
    if (drawnEdges.has(edge)) continue;
    drawnEdges.add(edge);
    const seen = drawnNodes.has(edge.to);
    drawnNodes.add(edge.to);
    yield nodeLine(
      nodes.get(edge.to),
      edge.to,
      [
        span(`${lead}${last ? '└─ ' : '├─ '}`, 'quiet'),
        span(`${shownText(edge.label)} `, 'quiet'),
        span('─▶ ', 'quiet'),
      ],
      '',
      seen ? ' (see above)' : '',
    );
    if (!seen && lead.length < 120) open.push(...edgesOf(edge.to, `${lead}${last ? '   ' : '│  '}`));
  }

  function edgesOf(id: string, lead: string): { edge: Edge; lead: string; last: boolean }[] {
    const edges = (outOf.get(id) ?? []).filter((edge) => !drawnEdges.has(edge));
    return edges.map((edge, place) => ({ edge, lead, last: place === edges.length - 1 })).toReversed();
  }
}

function nodeLine(
  node: Node | undefined,
  id: string,
  before: Line['spans'],
  lead: string,
  after: string,
  meaning?: 'bad',
): Line {
  const [left, right] = shapes[node?.kind ?? 'object'];
  const door = node?.door;
  const targets: NamedTarget[] =
    door === undefined
      ? []
      : [{ label: `${shownText(door.type)} ${address(door.address)}`, target: { kind: 'door', door } }];
  return {
    spans: [
      ...before,
      span(lead),
      span(`${left}${shownText(node?.label ?? id)}${right}`, meaning ?? 'heading'),
      span(after, 'quiet'),
    ],
    ...(targets.length === 0 ? {} : { targets }),
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
