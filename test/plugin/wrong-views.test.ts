import { expect, test } from 'vitest';

import { columns } from '../../src/index.js';
import { runEvents, runPlugin } from '../../src/plugin/run-plugin.js';
import { kernelStub } from './kernel-stub.js';
import { numbers, plugin, rowsOf } from './tried-plugin.js';

const filesColumns = columns([
  { key: 'fd', title: 'FD', type: 'integer' },
  { key: 'flags', title: 'FLAGS', type: 'integer' },
]);
const finding = { id: 'x', weight: 1, certainty: 'certain', moment: 'dump', sentence: 'x', evidence: [] };

test.each([
  ['no view', 7, /instead of a view/],
  ['an unknown kind', { kind: 'poem', id: 'x', title: 'x' }, /unknown kind "poem"$/],
  ['a misspelt kind', { kind: 'tabel', id: 'x', title: 'x' }, /unknown kind "tabel"; did you mean table\?/],
  ['no title', { kind: 'facts', id: 'x', facts: [] }, /title is undefined/],
  ['facts that are no list', { kind: 'facts', id: 'x', title: 'x', facts: 'many' }, /facts is "many"/],
  [
    'a type that is none',
    { kind: 'facts', id: 'x', title: 'x', facts: [{ key: 'a', title: 'a', type: 'furlongs', value: 1 }] },
    /^facts "x": the type of fact a is "furlongs"; it can be text, integer/,
  ],
  [
    'a misspelt type',
    rowsOf([{ key: 'a', title: 'A', type: 'integr' }]),
    /^table "Open files": the type of column a is "integr"; did you mean integer\?/,
  ],
  [
    'columns with one key',
    { kind: 'table', id: 'x', title: 'x', columns: [numbers[0], numbers[0]], rows: [] },
    /same key n/,
  ],
  ['no columns', { kind: 'table', id: 'x', title: 'x', columns: [], rows: [] }, /0 columns/],
  [
    'columns under a misspelt key',
    { kind: 'table', id: 'x', title: 'x', colums: numbers, rows: [] },
    /it has no colums; did you mean columns\?/,
  ],
  ['rows that can’t be pulled', { kind: 'table', id: 'x', title: 'x', columns: numbers, rows: 5 }, /rows is a number/],
  [
    'a cell with an object',
    rowsOf(filesColumns, { cells: { fd: 1, flags: 2 } }, { cells: { fd: 1, flags: {} } }),
    /^table "Open files", row 2: cell flags holds an object, which can't be shown/,
  ],
  [
    'a cell with a Buffer',
    rowsOf(filesColumns, { cells: { fd: 1, flags: Buffer.alloc(8) } }),
    /row 1: cell flags holds a Buffer, which/,
  ],
  [
    'a cell with a Map',
    rowsOf(filesColumns, { cells: { fd: new Map(), flags: 1 } }),
    /row 1: cell fd holds a Map, which/,
  ],
  [
    'a cell from a misspelt member',
    rowsOf(filesColumns, { cells: { fd: 1, flags: 2 } }, { cells: { fd: 1, flags: undefined } }),
    /^table "Open files", row 2: cell flags is undefined, as a misspelt member is; null says that there is none$/,
  ],
  [
    'a misspelt cell',
    rowsOf(filesColumns, { cells: { fd: 1, flagz: 2 } }),
    /^table "Open files", row 1: it has a cell for column flagz, which the view does not have; did you mean flags\?$/,
  ],
  [
    'a cell of another name',
    rowsOf(filesColumns, { cells: { fd: 1, mode: 2 } }),
    /for column mode, which the view does not have; there are flags$/,
  ],
  [
    'a row without cells',
    rowsOf(filesColumns, { fd: 1, flags: 2 }),
    /row 1: its cells are undefined; a row is \{ cells: \{ fd: … \} \}/,
  ],
  [
    'a misspelt key of a row',
    rowsOf(filesColumns, { cells: { fd: 1, flags: 2 }, doors: {} }),
    /row 1: it has no doors; did you mean door\?/,
  ],
  [
    'an order by no column',
    { ...(rowsOf(filesColumns) as object), sorted: { column: 'flag', descending: true } },
    /it is sorted by column flag, which the view does not have; did you mean flags\?/,
  ],
  [
    'a misspelt certainty',
    { kind: 'findings', id: 'x', title: 'x', findings: [{ ...finding, certainty: 'certian' }] },
    /finding.certainty is "certian"; did you mean certain\?/,
  ],
  [
    'a misspelt unit of a fact',
    {
      kind: 'findings',
      id: 'x',
      title: 'x',
      findings: [{ ...finding, facts: { free: { value: 1, unit: 'KB', source: 'x' } } }],
    },
    /fact.unit is "KB"; did you mean kB\?/,
  ],
  [
    'a fact without its source',
    { kind: 'findings', id: 'x', title: 'x', findings: [{ ...finding, facts: { free: { value: 1 } } }] },
    /fact\.source/,
  ],
  [
    'a misspelt key of a finding',
    {
      kind: 'findings',
      id: 'x',
      title: 'x',
      findings: [finding, { id: 'x', weight: 1, certanty: 'certain', sentence: 'x', evidence: [] }],
    },
    /finding 2 has no certanty; did you mean certainty\?/,
  ],
  [
    'a headline that there is not',
    { kind: 'facts', id: 'x', title: 'x', facts: [], headline: 'weather' },
    /headline is "weather"; it can be memory, zones, waits, end/,
  ],
  [
    'a getter that throws',
    {
      id: 'x',
      title: 'x',
      get kind() {
        throw new Error('boo');
      },
    },
    /boo/,
  ],
])('a view with %s fails its section only', (_, view, sentence) => {
  const { outcome } = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield view;
    }),
    {},
  );
  expect(outcome).toMatchObject({ kind: 'failed', fault: 'plugin', reason: expect.stringMatching(sentence) as string });
});

test('keys that no view has are no mistake where they are not nearly one that it has', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield {
        kind: 'findings',
        id: 'x',
        title: 'x',
        findings: [{ ...finding, severity: 9, task: 'init' }],
        source: 'mine',
      };
    }),
    {},
  );
  expect(section).toMatchObject({ outcome: { kind: 'done' }, views: [{ findings: [finding] }] });
});

test('rows may be made of objects that have more', () => {
  const more = { cells: { fd: 1, flags: 2, task: 'init', flagz: 3 }, name: 'x' };
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield rowsOf(filesColumns, more);
    }),
    {},
  );
  expect(section).toMatchObject({
    outcome: { kind: 'done' },
    views: [{ rows: [{ cells: { fd: 1, flags: 2 } }] }],
  });
});

test('a table that broke at its first row is not told as an empty one', () => {
  const atFirst = plugin(function* () {
    yield rowsOf([filesColumns[0]]);
    yield rowsOf(filesColumns, {});
  });
  // The first has no rows, and that is so.
  expect([...runEvents(kernelStub(), atFirst, {})].map(({ kind }) => kind)).toEqual(['view', 'end']);
  expect(runPlugin(kernelStub(), atFirst, {}).views).toMatchObject([{ columns: { length: 1 }, rows: { length: 0 } }]);
  const empty = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield rowsOf(filesColumns);
    }),
    {},
  );
  expect(empty.views.map(({ title }) => title)).toEqual(['Open files']);
});
