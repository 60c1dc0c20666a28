import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { to, toyKernel } from 'oompm/testing';

import { hlistNodes, hlistNullsNodes, list, listNodes, llistNodes } from '../../src/kernel/containers/list.js';
import { at, damage, damaged, kernelOver } from './arena.js';

/** Word 0 is the head; node n begins at word 2n + 2. */
const node = (n: number): number => 2 * n + 2;
/** Up to 60 nodes in any order. */
const order = fc.integer({ min: 0, max: 60 }).chain((count) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, n) => n),
    { minLength: count },
  ),
);

function circle(nodes: readonly number[]): bigint[] {
  const words = Array.from({ length: 2 * nodes.length + 2 }, () => 0n);
  const places = [0, ...nodes.map(node)];
  for (const [i, place] of places.entries()) {
    const next = places[(i + 1) % places.length]!;
    words[place] = at(next);
    words[next + 1] = at(place);
  }
  return words;
}

function chain(nodes: readonly number[], end: bigint): bigint[] {
  const words = Array.from({ length: 2 * nodes.length + 2 }, () => 0n);
  const places = [0, ...nodes.map(node)];
  for (const [i, place] of places.entries()) words[place] = i + 1 < places.length ? at(places[i + 1]!) : end;
  return words;
}

describe('lists of any length in any order', () => {
  test('list_head, forwards and backwards', () => {
    fc.assert(
      fc.property(order, (nodes) => {
        const kernel = kernelOver(circle(nodes));
        const places = nodes.map((n) => at(node(n)));
        expect([...listNodes(kernel, at(0), 'list')]).toEqual(places);
        expect([...listNodes(kernel, at(0), 'list', 'prev')]).toEqual(places.toReversed());
        expect(kernel.gaps.list).toEqual([]);
      }),
    );
  });

  test.each([
    ['hlist', hlistNodes, 0n],
    ['llist', llistNodes, 0n],
    ['hlist_nulls', hlistNullsNodes, 7n],
  ] as const)('%s', (what, walk, end) => {
    fc.assert(
      fc.property(order, (nodes) => {
        const kernel = kernelOver(chain(nodes, end));
        expect([...walk(kernel, at(0), what)]).toEqual(nodes.map((n) => at(node(n))));
        expect(kernel.gaps.list).toEqual([]);
      }),
    );
  });
});

describe('broken lists end as gaps', () => {
  const things = (overwrite: Record<string, bigint | ReturnType<typeof to>>, lost: string[] = []) => {
    const thing = { type: 'struct thing' };
    const kernel = toyKernel({
      types: 'struct thing { int number; struct list_head link; };',
      variables: { head: { type: 'struct list_head' } },
      objects: { a: thing, b: thing, c: thing },
      lists: [['head', 'a.link', 'b.link', 'c.link']],
      overwrite,
      lost,
    });
    kernel.guard.limit(10_000);
    const walked = [
      ...list(kernel, kernel.addressOf('head'), { struct: 'thing', members: { link: 'struct list_head' } }, 'link'),
    ].map(({ $address }) => $address);
    return { kernel, walked, places: (...names: string[]) => names.map((name) => kernel.addressOf(name)) };
  };

  test('a circle that misses the head', () => {
    const { kernel, walked, places } = things({ 'c.link.next': to('b.link') });
    expect(walked.slice(0, 3)).toEqual(places('a', 'b', 'c'));
    expect(walked.length).toBeLessThan(12);
    expect(kernel.gaps.list).toMatchObject([
      {
        what: 'list of thing.link',
        reason: expect.stringContaining('a cycle that does not include its head') as string,
      },
    ]);
  });

  test('a node that leads to itself', () => {
    const { kernel, walked } = things({ 'b.link.next': to('b.link') });
    expect(walked.length).toBeLessThan(8);
    expect(kernel.gaps.list).toMatchObject([
      { reason: expect.stringContaining('a cycle') as string, address: kernel.addressOf('b.link') },
    ]);
  });

  test('a NULL link', () => {
    const { kernel, walked, places } = things({ 'b.link.next': 0n });
    expect(walked).toEqual(places('a', 'b'));
    expect(kernel.gaps.list).toEqual([
      { gap: true, what: 'list of thing.link', reason: 'broken after 2 elements: a NULL link' },
    ]);
  });

  test('a wild link', () => {
    const { kernel, walked } = things({ 'a.link.next': 0xdead_0000_0000_0100n });
    expect(walked).toHaveLength(2);
    expect(kernel.gaps.list).toMatchObject([
      { address: 0xdead_0000_0000_0100n, reason: expect.stringContaining('not mapped') as string },
    ]);
  });

  test('a head and an element on missing pages', () => {
    expect(things({}, ['head'])).toMatchObject({
      walked: [],
      kernel: { gaps: { list: [{ what: 'list of thing.link' }] } },
    });
    const { kernel, walked, places } = things({}, ['b']);
    expect(walked).toEqual(places('a', 'b'));
    expect(kernel.gaps.list).toMatchObject([
      { address: kernel.addressOf('b.link'), reason: expect.stringContaining('excluded') as string },
    ]);
  });

  test('a member and a struct that this kernel lacks', () => {
    const { kernel } = things({});
    expect([
      ...list(kernel, kernel.addressOf('head'), { struct: 'thing', members: { chain: 'struct list_head' } }, 'chain'),
    ]).toEqual([]);
    expect([
      ...list(kernel, kernel.addressOf('head'), { struct: 'nothing', members: { link: 'struct list_head' } }, 'link'),
    ]).toEqual([]);
    expect(kernel.gaps.list.map(({ reason }) => reason)).toEqual([
      '`struct thing` has no member `chain` in this kernel',
      'this kernel has no `struct nothing` in its types',
    ]);
  });

  test.each([
    ['list', listNodes],
    ['hlist', hlistNodes],
    ['hlist_nulls', hlistNullsNodes],
  ] as const)('%s: whatever the damage, it ends', (what, walk) => {
    fc.assert(
      fc.property(order, damage(122), (nodes, hits) => {
        const kernel = kernelOver(
          damaged(what === 'list' ? circle(nodes) : chain(nodes, what === 'hlist' ? 0n : 1n), hits),
        );
        // A circle is seen before it has been gone round four times.
        expect([...walk(kernel, at(0), what)].length).toBeLessThan(4 * 130);
        for (const gap of kernel.gaps.list) expect(gap.what).toBe(what);
      }),
      { numRuns: 300 },
    );
  });
});
