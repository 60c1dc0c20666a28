import { expect, test } from 'vitest';
import { columns, gap } from '../../src/plugin/make-views.js';
import type { Cell } from '../../src/words/views.js';
import { chooseRows } from '../../src/tui/lines/choose-rows.js';
import { emptyIndex, withRows } from '../../src/tui/lines/table-index.js';

const oneColumn = columns([{ key: 'value', title: 'VALUE', type: 'text' }]);

function order(cells: readonly Cell[], descending: boolean): number[] {
  const index = withRows(
    emptyIndex(oneColumn),
    oneColumn,
    cells.map((value) => ({ cells: { value } })),
    { pageSize: 4096 },
  );
  return [...chooseRows(index, oneColumn, '', { column: 'value', descending })];
}

const unread = gap('value', 'absent');

test.each([
  {
    what: 'numbers',
    cells: [5, null, -3, unread, 5, 0x1_0000_0000n],
    up: [2, 0, 4, 5],
    down: [5, 0, 4, 2],
    none: [1, 3],
  },
  {
    what: 'texts',
    cells: ['b', '', 'A', null, 'b', unread, 'c'],
    up: [2, 0, 4, 6],
    down: [6, 0, 4, 2],
    none: [1, 3, 5],
  },
  { what: 'texts and numbers', cells: ['b', 10, null, 9], up: [1, 3, 0], down: [0, 3, 1], none: [2] },
])(
  '$what: equal ones keep their order, and those without a value come last either way',
  ({ cells, up, down, none }) => {
    expect(order(cells, false)).toEqual([...up, ...none]);
    expect(order(cells, true)).toEqual([...down, ...none]);
  },
);

test('a filter leaves the order as it is, either way', () => {
  const two = columns([
    { key: 'value', title: 'VALUE', type: 'integer' },
    { key: 'name', title: 'NAME', type: 'text' },
  ]);
  const cells = [
    [3, 'a'],
    [1, 'ab'],
    [3, 'b'],
    [null, 'a'],
    [2, 'ba'],
    [3, 'xa'],
  ] as const;
  const index = withRows(
    emptyIndex(two),
    two,
    cells.map(([value, name]) => ({ cells: { value, name } })),
    { pageSize: 4096 },
  );
  expect([...chooseRows(index, two, 'a', { column: 'value', descending: true })]).toEqual([0, 5, 4, 1, 3]);
  expect([...chooseRows(index, two, 'a', { column: 'value', descending: false })]).toEqual([1, 4, 0, 5, 3]);
});
