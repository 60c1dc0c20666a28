import { expect, test } from 'vitest';

import { InputError, columns, fact, facts, findings, log, table, tree, type TreeNodeOf } from '../../src/index.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import { defaultLimits } from '../../src/plugin/section.js';
import { kernelStub } from './kernel-stub.js';
import { numbers, plugin, rowsOf, count } from './tried-plugin.js';

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
  const children: TreeNodeOf<typeof numbers>[] = [];
  const node = { cells: { n: 1 }, children };
  children.push(node);
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
