import { isGap } from '../plugin/make-views.js';
import type { SolidView } from '../plugin/section.js';
import type { Cell, Column, Row, Stack, TreeNode, ValueType } from '../words/views.js';
import { jsonText } from './escape.js';
import { address } from './format-value.js';
import type { Report } from './report.js';

/** The report as JSON, in pieces: rows are written one by one, so that no second copy of a large table is made. */
export function* renderJson(report: Report): Generator<string> {
  const { sections, ...rest } = report;
  yield `${json(rest).slice(0, -1)},"sections":[`;
  for (const [index, { views, ...section }] of sections.entries()) {
    yield `${index === 0 ? '' : ','}\n${json(section).slice(0, -1)},"views":[`;
    for (const [place, view] of views.entries()) {
      yield place === 0 ? '\n' : ',\n';
      yield* viewJson(view);
    }
    yield ']}';
  }
  yield ']}\n';
}

/** One view as a JSON object, in pieces. */
export function* viewJson(view: SolidView): Generator<string> {
  switch (view.kind) {
    case 'table':
      yield* withRows(view, 'rows', view.rows, (row) => rowJson(row, view.columns));
      break;
    case 'tree':
      yield* withRows(view, 'roots', view.roots, (node) => nodeJson(node, view.columns));
      break;
    case 'log':
      yield* withRows(view, 'lines', view.lines, (line) => line);
      break;
    case 'stack':
      yield* withRows(view, 'stacks', view.stacks, stackJson);
      break;
    case 'facts':
      yield json({ ...view, facts: view.facts.map((fact) => ({ ...fact, value: cellJson(fact.value, fact.type) })) });
      break;
    default:
      yield json(view);
  }
}

function* withRows<T>(
  view: SolidView,
  member: string,
  rows: readonly T[],
  toJson: (row: T) => object,
): Generator<string> {
  const head = Object.fromEntries(Object.entries(view).filter(([key]) => key !== member));
  yield `${json(head).slice(0, -1)},"${member}":[`;
  let first = true;
  for (const row of rows) {
    yield `${first ? '' : ','}\n${json(toJson(row))}`;
    first = false;
  }
  yield ']}';
}

function rowJson({ cells, ...rest }: Row, columns: readonly Column[]): object {
  return {
    cells: Object.fromEntries(columns.map(({ key, type }) => [key, cellJson(cells[key] ?? null, type)])),
    ...rest,
  };
}

/** As deep as the tree is, which the runner has limited. */
function nodeJson({ children, ...row }: TreeNode, columns: readonly Column[]): object {
  return { ...rowJson(row, columns), children: children.map((child) => nodeJson(child, columns)) };
}

function stackJson({ frames, ...stack }: Stack): object {
  return {
    ...stack,
    frames: frames.map(({ registers, ...frame }) =>
      registers === undefined
        ? frame
        : {
            ...frame,
            registers: Object.fromEntries(Object.entries(registers).map(([name, value]) => [name, address(value)])),
          },
    ),
  };
}

function cellJson(cell: Cell, type: ValueType): unknown {
  const isAddress = type === 'address' || type === 'symbol';
  return isAddress && (typeof cell === 'bigint' || typeof cell === 'number') && !isGap(cell) ? address(cell) : cell;
}

/** Members that are addresses wherever they stand: of doors, gaps and frames. */
const addresses = new Set(['address', 'ip', 'sp']);
const largestExact = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Addresses are "0x…"; any other integer is a number as long as a double holds it, and decimal digits in a string
 * beyond.
 */
function json(value: object): string {
  return jsonText(
    JSON.stringify(value, (key, inner: unknown) => {
      if (typeof inner === 'bigint') {
        if (addresses.has(key)) return address(inner);
        return inner >= -largestExact && inner <= largestExact ? Number(inner) : inner.toString();
      }
      if (typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner))
        return BigInt(inner).toString();
      return inner;
    }),
  );
}
