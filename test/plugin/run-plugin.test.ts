import { expect, test } from 'vitest';
import { Unmapped, ReadError } from '../../src/memory/address-space.js';
import {
  InputError,
  columns,
  definePlugin,
  fact,
  facts,
  findings,
  log,
  table,
  tree,
  type Plugin,
  type TreeNode,
  type View,
} from '../../src/index.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { runEvents, runPlugin } from '../../src/plugin/run-plugin.js';
import { defaultLimits } from '../../src/plugin/section.js';
import { toyKernel } from 'oompm/testing';
import { kernelStub } from './kernel-stub.js';

const numbers = columns([{ key: 'n', title: 'N', type: 'integer' }]);

function plugin(run: (kernel: Kernel) => Iterable<unknown>, needs: Plugin['needs'] = []): Plugin {
  return definePlugin({
    id: 'tried',
    summary: 'Tried',
    needs,
    *run(kernel) {
      yield* run(kernel) as Iterable<View>;
    },
  });
}

function* count(to: number): Generator<{ cells: { n: number } }> {
  for (let n = 0; n < to; n++) yield { cells: { n } };
}

test('views and rows arrive in order, rows in batches', () => {
  const events = [
    ...runEvents(
      kernelStub(),
      plugin(function* () {
        yield facts('Machine', [fact('a', 'A', 'text', 'b')]);
        yield table('Numbers', numbers, count(1300));
      }),
      {},
    ),
  ];
  expect(events.map((event) => (event.kind === 'batch' ? event.items.length : event.kind))).toEqual([
    'view',
    'view',
    512,
    512,
    276,
    'end',
  ]);
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield table('Numbers', numbers, count(1300));
    }),
    {},
  );
  expect(section.outcome).toEqual({ kind: 'done' });
  expect(section.views[0]).toMatchObject({ kind: 'table', rows: { length: 1300 } });
});

test('a shape that does not bind makes it unavailable, with the reason', () => {
  const kernel = kernelStub({ missing: { kmem_cache: '`struct kmem_cache` has no member `cpu_slab` in this kernel' } });
  const section = runPlugin(
    kernel,
    plugin(() => {
      throw new Error('must not run');
    }, [{ struct: 'kmem_cache', members: {} }]),
    {},
  );
  expect(section.outcome).toEqual({
    kind: 'unavailable',
    reason: '`struct kmem_cache` has no member `cpu_slab` in this kernel',
    fault: 'kernel',
  });
});

test('a member that this kernel lacks is lost alone, and named', () => {
  const kernel = toyKernel({
    types: 'struct kmem_cache { char name[8]; unsigned int flags; };',
    variables: { cache: { type: 'struct kmem_cache', value: { name: 'dentry', flags: 5 } } },
  });
  const flags = { struct: 'kmem_cache', members: { flags: 'unsigned int', size: 'unsigned int' } } as const;
  const read = function* (of: Kernel) {
    const cache = of.ref(flags, of.symbolNamed('cache'));
    yield facts('Cache', [
      fact('flags', 'Flags', 'integer', cache.flags),
      fact('size', 'Size', 'integer', of.attempt('size', () => cache.size) ?? null),
    ]);
  };
  const reason = '`struct kmem_cache` has no member `size` in this kernel';
  expect(runPlugin(kernel, plugin(read, ['kmem_cache']), {})).toMatchObject({
    outcome: { kind: 'done' },
    views: [{ facts: [{ value: 5 }, { value: null }] }],
    gaps: [{ what: 'size', reason }],
  });
  // A shape of its own names the members that it needs.
  expect(runPlugin(kernel, plugin(read, [flags]), {}).outcome).toMatchObject({ kind: 'unavailable', reason });
});

test('a path where a shape has names of members is told, and is no member that the kernel lacks', () => {
  const kernel = toyKernel({
    types: 'struct idr { int idr_base; }; struct pool { struct idr ids; };',
    variables: { pool: { type: 'struct pool' } },
  });
  const pool = { struct: 'pool', members: { 'ids.idr_base': { type: 'int', optional: true } } } as const;
  expect(() => kernel.ref(pool, kernel.symbolNamed('pool'))['ids.idr_base']).toThrow(
    '`ids.idr_base` of `struct pool` is no name of a member: a shape has no paths; give `ids`',
  );
});

test('what broke is said, and what came before stands', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield table(
        'Numbers',
        numbers,
        (function* () {
          yield* count(3);
          throw new TypeError('x is not a function');
        })(),
      );
    }),
    {},
  );
  expect(section.outcome).toMatchObject({
    kind: 'failed',
    fault: 'plugin',
    reason: 'TypeError: x is not a function',
    where: expect.stringContaining('run-plugin.test') as string,
  });
  expect(section.views[0]).toMatchObject({ rows: { length: 3 } });
});

test('what broke in our code is told with the line of the plugin that called it', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield table(42 as unknown as string, numbers, []);
    }),
    {},
  );
  expect(section.outcome).toMatchObject({
    kind: 'failed',
    fault: 'plugin',
    where: expect.stringContaining('run-plugin.test') as string,
  });
});

test('memory that is missing is the dump’s fault, a question that does not fit the user’s', () => {
  const read = runPlugin(
    kernelStub(),
    plugin(() => {
      throw new ReadError(0x10n, new Unmapped('no entry'));
    }),
    {},
  );
  expect(read.outcome).toMatchObject({ kind: 'failed', fault: 'dump', reason: '0x10: not mapped (no entry)' });
  const asked = runPlugin(
    kernelStub(),
    plugin(() => {
      throw new InputError('there is no task 7');
    }),
    {},
  );
  expect(asked.outcome).toEqual({ kind: 'unavailable', reason: 'there is no task 7' });
});

test('gaps belong to the section in which they were met', () => {
  const kernel = kernelStub();
  kernel.gap('before', 'x');
  const section = runPlugin(
    kernel,
    plugin(function* () {
      kernel.gap('zone.free_area[3]', 'page excluded');
      yield facts('', []);
    }),
    {},
  );
  expect(section.gaps.map((gap) => gap.what)).toEqual(['zone.free_area[3]']);
  kernel.gap('after', 'x');
  expect(kernel.gaps.list.map((gap) => gap.what)).toEqual(['before', 'after']);
});

test('endless rows are cut at the limit', () => {
  const endless = plugin(function* () {
    yield table('Numbers', numbers, count(Infinity));
  });
  const section = runPlugin(kernelStub(), endless, {}, { ...defaultLimits, items: 1000 });
  expect(section.outcome).toEqual({ kind: 'cut short', reason: 'it yields more than 1000 rows' });
  expect(section.views[0]).toMatchObject({ rows: { length: 1000 } });
  const late = runPlugin(kernelStub(), endless, {}, { ...defaultLimits, ms: 30 });
  expect(late.outcome).toMatchObject({ kind: 'cut short', reason: 'it took longer than 0.03 s' });
});

test('endless views are cut at the limit', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      for (;;) yield facts('', []);
    }),
    {},
    { ...defaultLimits, views: 10 },
  );
  expect(section.outcome).toEqual({ kind: 'cut short', reason: 'it yields more than 10 views' });
  expect(section.views).toHaveLength(10);
});

test('a tree that is its own child ends', () => {
  const node = { cells: { n: 1 }, children: [] as TreeNode[] };
  node.children.push(node);
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield tree('Loop', numbers, [node]);
    }),
    {},
  );
  expect(section.outcome).toMatchObject({
    kind: 'failed',
    fault: 'plugin',
    reason: 'tree "Loop", root 1: a tree deeper than 200 levels',
  });
});

const rowsOf = (columns: unknown, ...rows: unknown[]): unknown => ({
  kind: 'table',
  id: 'x',
  title: 'Open files',
  columns,
  rows,
});
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

test.each([
  [
    'returns a view',
    () => facts('x', []),
    /run returned a facts view instead of yielding views, so it is no generator: write \*run/,
  ],
  ['returns nothing', () => undefined, /run returned nothing instead of/],
  ['returns text', () => 'all is well', /run returned "all is well" instead of/],
  ['is async', () => Promise.resolve([]), /run is async, but a dump is read without waiting/],
  [
    'is an async generator',
    async function* () {
      yield await Promise.resolve(facts('x', []));
    },
    /run is async, but/,
  ],
])('a run that %s is told how to be a generator', (_, run, sentence) => {
  const odd = definePlugin({ id: 'odd', summary: 'x', run: run as unknown as Plugin['run'] });
  expect(runPlugin(kernelStub(), odd, {}).outcome).toMatchObject({
    kind: 'failed',
    fault: 'plugin',
    reason: expect.stringMatching(sentence) as string,
  });
});

test('a run that returns a list of views serves', () => {
  const odd = definePlugin({ id: 'odd', summary: 'x', run: (() => [facts('x', [])]) as unknown as Plugin['run'] });
  expect(runPlugin(kernelStub(), odd, {})).toMatchObject({ outcome: { kind: 'done' }, views: [{ title: 'x' }] });
});

const listColumns = columns([
  { key: 'fd', title: 'FD', type: 'text' },
  { key: 'flags', title: 'FLAGS', type: 'flags' },
]);

test('a list in a cell is as long as a text may be', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield rowsOf(listColumns, { cells: { fd: Array.from({ length: 200_000 }, () => 'flag'), flags: ['a', 'b'] } });
    }),
    {},
  );
  expect(section.views[0]).toMatchObject({ rows: [{ cells: { flags: ['a', 'b'] } }] });
  const cell = (section.views[0] as unknown as { rows: { cells: { fd: string[] } }[] }).rows[0]!.cells.fd;
  expect(cell.length).toBeLessThan(20_000);
  expect(cell.at(-1)).toBe(`… (${200_000 - cell.length + 1} more)`);
});

test.each([
  ['a fact', () => facts('Large', [fact('a', 'A', 'bytes', 1n << 400_000_000n)]), 'facts "Large": fact a'],
  [
    'a fact of a finding',
    () =>
      findings('Large', [
        {
          id: 'large',
          weight: 1,
          certainty: 'certain',
          moment: 'dump',
          sentence: 'Large.',
          evidence: [],
          facts: { size: { value: 1n << 128n, source: 'x' } },
        },
      ]),
    'findings "Large": fact size of a finding',
  ],
  ['a cell', () => table('Large', numbers, [{ cells: { n: -(1n << 128n) } }]), 'table "Large", row 1: cell n'],
  [
    'a door',
    () => table('Large', numbers, [{ cells: { n: 1 }, door: { type: 'struct page', address: 1n << 128n } }]),
    'table "Large", row 1: door.address',
  ],
])('a number that takes minutes to write out is refused: %s', (_, view, place) => {
  const { outcome } = runPlugin(
    kernelStub(),
    plugin(() => [view()]),
    {},
  );
  expect(outcome).toEqual({
    kind: 'failed',
    fault: 'plugin',
    reason: `${place} is a number of more than 128 bits, which no dump holds`,
  });
});

test('a sum of the largest numbers is shown', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(() => [facts('Large', [fact('a', 'A', 'bytes', (1n << 128n) - 1n)])]),
    {},
  );
  expect(section).toMatchObject({ outcome: { kind: 'done' }, views: [{ facts: [{ value: (1n << 128n) - 1n }] }] });
});

test('sentences are short, whatever was thrown', () => {
  const long = 'ä'.repeat(3_000_000);
  const reasonOf = (thrown: unknown): string => {
    const { outcome } = runPlugin(
      kernelStub(),
      plugin(() => {
        throw thrown;
      }),
      {},
    );
    return 'reason' in outcome ? outcome.reason : '';
  };
  for (const thrown of [new Error(long), new InputError(long), long])
    expect(reasonOf(thrown).length).toBeLessThan(2_100);
  expect(reasonOf(new Error('ä'.repeat(1_900)))).toBe(`Error: ${'ä'.repeat(1_900)}`);
  const { gaps } = runPlugin(
    kernelStub(),
    plugin((kernel) => {
      kernel.gaps.record({ gap: true, what: long, reason: 'unread', address: 1n << 400_000_000n });
      return [];
    }),
    {},
  );
  expect(gaps).toEqual([
    { gap: true, what: expect.stringMatching(/ä… \(2934464 characters more\)$/) as string, reason: 'unread' },
  ]);
});

test('texts and numbers that are too long are cut, or as they are', () => {
  const section = runPlugin(
    kernelStub(),
    plugin(function* () {
      yield table('Odd', numbers, [{ cells: { n: 2n ** 70n } }]);
      yield log('Long', [{ text: 'x'.repeat(100_000) }]);
    }),
    {},
  );
  expect(section.views[0]).toMatchObject({
    rows: [{ cells: { n: 2n ** 70n } }],
  });
  expect(section.views[1]).toMatchObject({
    lines: [{ text: expect.stringMatching(/x… \(\d+ characters more\)$/) as string }],
  });
});
