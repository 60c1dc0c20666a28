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
      variables: { head: { type: 'struct list_head' }, other: { type: 'struct list_head' } },
      objects: { a: thing, b: thing, c: thing, d: thing },
      lists: [
        ['head', 'a.link', 'b.link', 'c.link'],
        ['other', 'd.link'],
      ],
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
    expect(walked).toEqual(places('a', 'b', 'c'));
    expect(kernel.gaps.list).toMatchObject([
      {
        what: 'list of thing.link',
        reason: expect.stringMatching(/^its links disagree: .*: it is not the next of this list$/) as string,
      },
    ]);
  });

  test('a circle whose links agree', () => {
    const { kernel, walked, places } = things({ 'c.link.next': to('b.link'), 'b.link.prev': to('c.link') });
    expect(walked.slice(0, 1)).toEqual(places('a'));
    expect(walked.length).toBeLessThan(12);
    // The first that tells is b, which no longer leads back to a.
    expect(kernel.gaps.list).toMatchObject([{ reason: expect.stringMatching(/^its links disagree/) as string }]);
  });

  test('a node that leads to itself', () => {
    const { kernel, walked, places } = things({ 'b.link.next': to('b.link') });
    expect(walked).toEqual(places('a', 'b'));
    expect(kernel.gaps.list).toMatchObject([
      {
        reason: expect.stringMatching(/it is not the next of this list$/) as string,
        address: kernel.addressOf('b.link'),
      },
    ]);
  });

  test.each<[string, Parameters<typeof things>[0], string[], RegExp]>([
    ['into another list', { 'a.link.next': to('other') }, ['a'], /it is not the next of this list$/],
    ['of a head into its own middle', { 'head.next': to('head.prev') }, [], /it is not the next of this list$/],
    ['past elements of the same list', { 'a.link.next': to('c.link') }, ['a', 'c'], /^its links disagree: \S+ leads/],
    ['of a head to itself, as if it were empty', { 'head.next': to('head') }, [], /^its links disagree/],
    ['back, which is all that is wrong', { 'b.link.prev': to('c.link') }, ['a', 'b', 'c'], /^its links disagree/],
  ])('a link %s', (_, overwrite, left, reason) => {
    const { kernel, walked, places } = things(overwrite);
    expect(walked).toEqual(places(...left));
    expect(kernel.gaps.list).toMatchObject([
      { what: 'list of thing.link', reason: expect.stringMatching(reason) as string },
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
