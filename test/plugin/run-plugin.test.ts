import { expect, test } from 'vitest';
import { Unmapped, ReadError } from '../../src/memory/address-space.js';
import { InputError, columns, definePlugin, fact, facts, log, table, tree, type Plugin, type TreeNode, type View } from '../../src/index.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { runEvents, runPlugin } from '../../src/plugin/run-plugin.js';
import { defaultLimits } from '../../src/plugin/section.js';
import { kernelStub } from './kernel-stub.js';

const numbers = columns([{ key: 'n', title: 'N', type: 'integer' }]);

function plugin(run: (kernel: Kernel) => Iterable<unknown>, needs: Plugin['needs'] = []): Plugin {
  return definePlugin({ id: 'tried', summary: 'Tried', needs, *run(kernel) {
      yield* run(kernel) as Iterable<View>;
    }, });
}

function* count(to: number): Generator<{ cells: { n: number } }> {
  for (let n = 0; n < to; n++) yield { cells: { n } };
}

test('views and rows arrive in order, rows in batches', () => {
  const events = [...runEvents(kernelStub(), plugin(function* () {
    yield facts('Machine', [fact('a', 'A', 'text', 'b')]);
    yield table('Numbers', numbers, count(1300));
  }), {})];
  expect(events.map((event) => event.kind === 'batch' ? event.items.length : event.kind)).toEqual(['view', 'view', 512, 512, 276, 'end']);
  const section = runPlugin(kernelStub(), plugin(function* () { yield table('Numbers', numbers, count(1300)); }), {});
  expect(section.outcome).toEqual({ kind: 'done' });
  expect(section.views[0]).toMatchObject({ kind: 'table', rows: { length: 1300 } });
});

test('a shape that does not bind makes it unavailable, with the reason', () => {
  const kernel = kernelStub({ missing: { kmem_cache: '`struct kmem_cache` has no member `cpu_slab` in this kernel' } });
  const section = runPlugin(kernel, plugin(() => { throw new Error('must not run'); }, [{ struct: 'kmem_cache', members: {} }]), {});
  expect(section.outcome).toEqual({ kind: 'unavailable', reason: '`struct kmem_cache` has no member `cpu_slab` in this kernel', fault: 'kernel' });
});

test('what broke is said, and what came before stands', () => {
  const section = runPlugin(kernelStub(), plugin(function* () {
    yield table('Numbers', numbers, (function* () {
      yield* count(3);
      throw new TypeError('x is not a function');
    })());
  }), {});
  expect(section.outcome).toMatchObject({ kind: 'failed', fault: 'plugin', reason: 'TypeError: x is not a function', where: expect.stringContaining('run-plugin.test') as string });
  expect(section.views[0]).toMatchObject({ rows: { length: 3 } });
});

test('memory that is missing is the dump’s fault, a question that does not fit the user’s', () => {
  const read = runPlugin(kernelStub(), plugin(() => { throw new ReadError(0x10n, new Unmapped('no entry')); }), {});
  expect(read.outcome).toMatchObject({ kind: 'failed', fault: 'dump', reason: '0x10: not mapped (no entry)' });
  const asked = runPlugin(kernelStub(), plugin(() => { throw new InputError('there is no task 7'); }), {});
  expect(asked.outcome).toEqual({ kind: 'unavailable', reason: 'there is no task 7' });
});

test('gaps belong to the section in which they were met', () => {
  const kernel = kernelStub();
  kernel.gap('before', 'x');
  const section = runPlugin(kernel, plugin(function* () { kernel.gap('zone.free_area[3]', 'page excluded'); yield facts('', []); }), {});
  expect(section.gaps.map((gap) => gap.what)).toEqual(['zone.free_area[3]']);
  kernel.gap('after', 'x');
  expect(kernel.gaps.list.map((gap) => gap.what)).toEqual(['before', 'after']);
});

test('endless rows are cut at the limit', () => {
  const endless = plugin(function* () { yield table('Numbers', numbers, count(Infinity)); });
  const section = runPlugin(kernelStub(), endless, {}, { ...defaultLimits, items: 1000 });
  expect(section.outcome).toEqual({ kind: 'cut short', reason: 'it yields more than 1000 rows' });
  expect(section.views[0]).toMatchObject({ rows: { length: 1000 } });
  const late = runPlugin(kernelStub(), endless, {}, { ...defaultLimits, ms: 30 });
  expect(late.outcome).toMatchObject({ kind: 'cut short', reason: 'it took longer than 0.03 s' });
});

test('endless views are cut at the limit', () => {
  const section = runPlugin(kernelStub(), plugin(function* () { for (;;) yield facts('', []); }), {}, { ...defaultLimits, views: 10 });
  expect(section.outcome).toEqual({ kind: 'cut short', reason: 'it yields more than 10 views' });
  expect(section.views).toHaveLength(10);
});

test('a tree that is its own child ends', () => {
  const node = { cells: { n: 1 }, children: [] as TreeNode[] };
  node.children.push(node);
  const section = runPlugin(kernelStub(), plugin(function* () { yield tree('Loop', numbers, [node]); }), {});
  expect(section.outcome).toMatchObject({ kind: 'failed', fault: 'plugin', reason: 'a tree deeper than 200 levels' });
});

test.each([
  ['no view', 7, /instead of a view/],
  ['an unknown kind', { kind: 'poem', id: 'x', title: 'x' }, /unknown kind "poem"/],
  ['no title', { kind: 'facts', id: 'x', facts: [] }, /title is undefined/],
  ['facts that are no list', { kind: 'facts', id: 'x', title: 'x', facts: 'many' }, /facts is "many"/],
  ['a type that is none', { kind: 'facts', id: 'x', title: 'x', facts: [{ key: 'a', title: 'a', type: 'furlongs', value: 1 }] }, /"furlongs" is no type/],
  ['columns with one key', { kind: 'table', id: 'x', title: 'x', columns: [numbers[0], numbers[0]], rows: [] }, /same key/],
  ['no columns', { kind: 'table', id: 'x', title: 'x', columns: [], rows: [] }, /0 columns/],
  ['rows that can’t be pulled', { kind: 'table', id: 'x', title: 'x', columns: numbers, rows: 5 }, /rows is a number/],
  ['a cell with an object', { kind: 'table', id: 'x', title: 'x', columns: numbers, rows: [{ cells: { n: {} } }] }, /a cell holds an object/],
  ['a headline that there is not', { kind: 'facts', id: 'x', title: 'x', facts: [], headline: 'weather' }, /headline is "weather"; it can be memory, zones, waits, end/],
  ['a getter that throws', { id: 'x', title: 'x', get kind() { throw new Error('boo'); } }, /boo/],
])('a view with %s fails its section only', (_, view, sentence) => {
  const { outcome } = runPlugin(kernelStub(), plugin(function* () { yield view; }), {});
  expect(outcome).toMatchObject({ kind: 'failed', fault: 'plugin', reason: expect.stringMatching(sentence) as string });
});

test('cells that can’t be shown become ones that can', () => {
  const section = runPlugin(kernelStub(), plugin(function* () {
    yield table('Odd', numbers, [{ cells: { n: NaN } }, { cells: {} as { n: number } }, { cells: { n: 2n ** 70n } }]);
    yield log('Long', [{ text: 'x'.repeat(100_000) }]);
  }), {});
  expect(section.views[0]).toMatchObject({ rows: [{ cells: { n: null } }, { cells: { n: null } }, { cells: { n: 2n ** 70n } }] });
  expect(section.views[1]).toMatchObject({ lines: [{ text: expect.stringMatching(/x… \(\d+ characters more\)$/) as string }] });
});
