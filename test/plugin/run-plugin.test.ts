import { expect, test } from 'vitest';

import { ReadError, Unmapped } from '../../src/memory/address-space.js';
import { InputError, definePlugin, fact, facts, table, type Plugin, type View } from '../../src/index.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { runEvents, runPlugin } from '../../src/plugin/run-plugin.js';
import { toyKernel } from 'oompm/testing';
import { kernelStub } from './kernel-stub.js';
import { numbers, plugin, count } from './tried-plugin.js';

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
    'ends with a view that it returns',
    function* (): Generator<View, View> {
      yield facts('x', []);
      return facts('y', []);
    },
    /run returned a facts view instead of yielding it: write yield, not return/,
  ],
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
