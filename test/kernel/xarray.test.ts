import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { xarrayEntries, xarrayLoad } from '../../src/kernel/containers/xarray.js';
import { at, damage, damaged, kernelOver } from './arena.js';

/** In place of a toy kernel's own: as if there were none. */
const noXarray = 'struct xarray { int none; }; struct xa_node { int none; };';
const types = `
  struct xarray { void *xa_head; };
  struct xa_node { unsigned char shift, offset, count, nr_values; struct xa_node *parent; struct xarray *array; struct list_head list; void *slots[64]; };
`;
const HEADER_WORDS = 5;
const NODE_WORDS = HEADER_WORDS + 64;

/** 2^order indices from `index` on. */
interface Entry {
  index: number;
  order: number;
  entry: bigint;
}

/** Word 0 is the root; nodes follow. As xa_store() and xa_store_order() lay them out. */
function xarrayOf(entries: readonly Entry[]): bigint[] {
  const words = [0n];
  // As xas_max() has it: an entry over the first 2^order indices makes the tree one index deeper, so that it has a slot
  // of its own.
  const last = Math.max(
    0,
    ...entries.map(({ index, order }) => index + 2 ** order - (index === 0 && order > 0 ? 0 : 1)),
  );
  if (last === 0) return [entries[0]?.entry ?? 0n];
  let topShift = 0;
  while (last >= 2 ** (topShift + 6)) topShift += 6;
  const newNode = (shift: number, parent: number, offset: number): number => {
    const word = words.length;
    words.push(
      BigInt(shift | (offset << 8)),
      parent === 0 ? 0n : at(parent),
      ...Array.from({ length: NODE_WORDS - 2 }, () => 0n),
    );
    return word;
  };
  words[0] = at(newNode(topShift, 0, 0)) | 2n;
  for (const { index, order, entry } of entries) {
    const level = order - (order % 6);
    let node = 1;
    let shift = topShift;
    for (; shift > level; shift -= 6) {
      const slot = Math.floor(index / 2 ** shift) % 64;
      const place = node + HEADER_WORDS + slot;
      if (words[place] === 0n) words[place] = at(newNode(shift - 6, node, slot)) | 2n;
      node = Number((words[place]! - at(0)) >> 3n);
    }
    const slot = Math.floor(index / 2 ** shift) % 64;
    for (let i = 0; i < 2 ** (order % 6); i++)
      words[node + HEADER_WORDS + slot + i] = i === 0 ? entry : BigInt((slot << 2) | 2);
  }
  return words;
}

const pointer = fc.nat(1 << 20).map((n) => 0xffff_8880_0000_0000n + BigInt(n * 8));
const value = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.bigInt({ min: 2n ** 63n - 1000n, max: 2n ** 63n - 1n }))
  .map((n) => (n << 1n) | 1n);
/** Some entries that do not overlap, by ascending index. */
const content: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      index: fc.oneof(fc.nat(200), fc.nat(5000), fc.nat(2 ** 26)),
      order: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(9)),
      entry: fc.oneof(pointer, value),
    }),
    { maxLength: 25 },
  )
  .map((entries) => {
    const aligned = entries
      .map((entry) => ({ ...entry, index: entry.index - (entry.index % 2 ** entry.order) }))
      .toSorted((a, b) => a.index - b.index);
    let end = 0;
    return aligned.filter(({ index, order }) => {
      if (index < end) return false;
      end = index + 2 ** order;
      return true;
    });
  });

test('any entries: pointers, value entries, entries over many indices', () => {
  fc.assert(
    fc.property(content, (entries) => {
      const kernel = kernelOver(xarrayOf(entries), types);
      expect([...xarrayEntries(kernel, at(0), 'array')]).toEqual(
        entries.map(({ index, entry }) => ({ index: BigInt(index), entry })),
      );
      for (const { index, order, entry } of entries) {
        for (const within of [index, index + 2 ** order - 1])
          expect(xarrayLoad(kernel, at(0), BigInt(within), 'array')).toBe(entry);
      }
      const taken = (index: number): boolean =>
        entries.some((entry) => index >= entry.index && index < entry.index + 2 ** entry.order);
      for (const index of [0, 1, 63, 64, 4095, 2 ** 30, 2 ** 40])
        if (!taken(index)) expect(xarrayLoad(kernel, at(0), BigInt(index), 'array')).toBeUndefined();
      expect(kernel.gaps.list).toEqual([]);
    }),
  );
});

test('a single entry stands in the root, and for index 0 alone', () => {
  const kernel = kernelOver([0xffff_8880_1234_5678n], types);
  expect([...xarrayEntries(kernel, at(0), 'array')]).toEqual([{ index: 0n, entry: 0xffff_8880_1234_5678n }]);
  expect([0n, 1n, 64n].map((index) => xarrayLoad(kernel, at(0), index, 'array'))).toEqual([
    0xffff_8880_1234_5678n,
    undefined,
    undefined,
  ]);
});

test('the radix tree before 4.20: nodes are tagged 01, exceptional entries 10, siblings point into their node', () => {
  const node = [0n, 0n, 0n, 0n, 0n, ...Array.from({ length: 64 }, () => 0n)];
  const [first, exceptional] = [0xffff_8880_0000_1000n, (77n << 2n) | 2n];
  node[HEADER_WORDS + 1] = first;
  node[HEADER_WORDS + 2] = at(1 + HEADER_WORDS + 1) | 1n;
  node[HEADER_WORDS + 9] = exceptional;
  const kernel = kernelOver(
    [at(1) | 1n, ...node],
    `
    ${noXarray} struct radix_tree_root { void *rnode; };
    struct radix_tree_node { unsigned char shift, offset, count, exceptional; struct radix_tree_node *parent; void *root; struct list_head list; void *slots[64]; };
  `,
  );
  expect([...xarrayEntries(kernel, at(0), 'tree')]).toEqual([
    { index: 1n, entry: first },
    { index: 9n, entry: exceptional },
  ]);
  expect([1n, 2n, 3n, 9n].map((index) => xarrayLoad(kernel, at(0), index, 'tree'))).toEqual([
    first,
    first,
    undefined,
    exceptional,
  ]);
});

describe('what is no tree', () => {
  const wide = (shift: number, parent: bigint, offset: number, slots: readonly bigint[]): bigint[] => [
    BigInt(shift | (offset << 8)),
    parent,
    0n,
    0n,
    0n,
    ...Array.from({ length: 64 }, (_, i) => slots[i] ?? 0n),
  ];
  const node = (n: number): bigint => at(1 + n * NODE_WORDS);
  const full = (entry: bigint): bigint[] => Array.from({ length: 64 }, () => entry);
  const walk = (words: readonly bigint[]) => {
    const kernel = kernelOver(words, types);
    return {
      entries: [...xarrayEntries(kernel, at(0), 'array')],
      loaded: xarrayLoad(kernel, at(0), 5n, 'array'),
      gaps: kernel.gaps.list,
    };
  };

  test('a node that is its own child', () => {
    const { entries, loaded, gaps } = walk([node(0) | 2n, ...wide(6, 0n, 0, full(node(0) | 2n))]);
    expect([entries, loaded]).toEqual([[], undefined]);
    expect(gaps).toEqual([
      { gap: true, what: 'array', reason: 'a node with a shift of 6 where it must be below 6', address: node(0) },
    ]);
  });

  test('levels of nodes that each parent names 64 times: every node comes once', () => {
    const levels = Array.from({ length: 10 }, (_, i) =>
      wide(60 - i * 6, i === 0 ? 0n : node(i - 1), 0, full(i === 9 ? 0x1000n : node(i + 1) | 2n)),
    );
    const { entries, gaps } = walk([node(0) | 2n, ...levels.flat()]);
    expect(entries).toHaveLength(64);
    expect(gaps.length).toBeGreaterThan(10);
    expect(gaps[0]!.reason).toMatch(/^a node that says it is in slot 0 of 0x[0-9a-f]+, not in slot 1 of 0x/);
  });

  const sibling = (slot: number): bigint => BigInt((slot << 2) | 2);
  test.each([
    ['each other', [0x1000n, 0n, 0n, 0n, sibling(5), sibling(4)], 'slot 5 says that slot 4 has its entry'],
    ['itself', [0x1000n, 0n, 0n, 0n, 0n, sibling(5)], 'slot 5 says that slot 5 has its entry'],
    ['what stands behind it', [0x1000n, 0n, 0n, 0n, 0n, sibling(6), 0x2000n], 'slot 5 says that slot 6 has its entry'],
    ['nothing', [0x1000n, 0n, 0n, 0n, 0n, sibling(3)], 'slot 5 says that slot 3 has its entry'],
  ])('siblings of %s', (_, slots, reason) => {
    const { entries, loaded, gaps } = walk([node(0) | 2n, ...wide(0, 0n, 0, slots)]);
    expect(loaded).toBeUndefined();
    expect(entries).toContainEqual({ index: 0n, entry: 0x1000n });
    expect(gaps.filter((gap) => gap.reason.startsWith(reason))).toHaveLength(1);
  });

  test('an absurd shift', () => {
    expect(walk([node(0) | 2n, ...wide(255, 0n, 0, full(0x1000n))])).toMatchObject({
      entries: [],
      loaded: undefined,
      gaps: [{ what: 'array', reason: 'a node with a shift of 255 where it must be below 61' }],
    });
  });

  test('a wild node beside a good entry', () => {
    const { entries, gaps } = walk([node(0) | 2n, ...wide(0, 0n, 0, [0x1000n, 0xdead_0000_0000_0002n, 0x2000n])]);
    expect(entries).toEqual([
      { index: 0n, entry: 0x1000n },
      { index: 2n, entry: 0x2000n },
    ]);
    expect(gaps).toMatchObject([{ what: 'array', address: 0xdead_0000_0000_0000n }]);
  });

  test('a kernel without the types', () => {
    const kernel = kernelOver([1n], noXarray);
    expect([...xarrayEntries(kernel, at(0), 'array')]).toEqual([]);
    expect(kernel.gaps.list).toMatchObject([
      { what: 'array', reason: '`struct radix_tree_node` has no usable member `slots` in this kernel' },
    ]);
  });

  test('whatever the damage, it ends, with no more entries than there are slots', () => {
    fc.assert(
      fc.property(content, damage(400), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (entries, hits, index) => {
        const words = damaged(xarrayOf(entries), hits);
        const kernel = kernelOver(words, types);
        expect([...xarrayEntries(kernel, at(0), 'array')].length).toBeLessThanOrEqual(words.length);
        xarrayLoad(kernel, at(0), index, 'array');
        for (const gap of kernel.gaps.list) expect(gap.what).toBe('array');
      }),
      { numRuns: 200 },
    );
  });
});
