import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { mapleEntries, type MapleEntry } from '../../src/kernel/containers/maple-tree.js';
import { at, damage, damaged, kernelOver } from './arena.js';

const types = `
  struct maple_metadata { unsigned char end, gap; };
  struct maple_tree { unsigned int ma_flags; void *ma_root; };
  struct maple_range_64 { void *parent; unsigned long pivot[15]; union { void *slot[16]; struct { void *pad[15]; struct maple_metadata meta; }; }; };
  struct maple_arange_64 { void *parent; unsigned long pivot[9]; void *slot[10]; unsigned long gap[10]; struct maple_metadata meta; };
`;
const MAX = 2n ** 64n - 1n;
const [LEAF, RANGE, ARANGE] = [1, 2, 3];
/** Nodes are 256 bytes, aligned to that; the tree's root pointer is word 1. */
const NODE_WORDS = 32;
const nodeAddress = (n: number): bigint => at((n + 1) * NODE_WORDS);
const encoded = (n: number, type: number): bigint => nodeAddress(n) | BigInt(type << 3) | 4n;

interface Part {
  last: bigint;
  entry: bigint;
}

/** A node of that type; the last pivot is left out where there is no room for one. */
function node(type: number, parts: readonly Part[]): bigint[] {
  const pivots = type === ARANGE ? 9 : 15;
  const words = Array.from({ length: NODE_WORDS }, () => 0n);
  for (const [i, { last, entry }] of parts.entries()) {
    if (i < pivots) words[1 + i] = last;
    words[1 + pivots + i] = entry;
  }
  // The metadata lies in the last slot where that is free.
  if (type !== ARANGE && parts.length < 16) words[31] = BigInt(parts.length - 1);
  return words;
}

function treeOf(nodes: readonly (readonly bigint[])[], root: bigint): bigint[] {
  return [0n, root, ...Array.from({ length: NODE_WORDS - 2 }, () => 0n), ...nodes.flat()];
}

/** Leaves of the parts, and nodes above them until one is left; `widths` are how full nodes are, in turn. */
function build(parts: readonly Part[], widths: readonly number[], inner: number): bigint[] {
  const nodes: bigint[][] = [];
  let level = parts;
  let type = LEAF;
  let turn = 0;
  do {
    const above: Part[] = [];
    for (let i = 0; i < level.length;) {
      const most = type === ARANGE ? 10 : 16;
      const chunk = level.slice(i, i + Math.min(most, Math.max(2, widths[turn++ % widths.length]!)));
      i += chunk.length;
      above.push({ last: chunk.at(-1)!.last, entry: encoded(nodes.length, type) });
      nodes.push(node(type, chunk));
    }
    level = above;
    type = inner;
  } while (level.length > 1);
  return treeOf(nodes, level[0]!.entry | 2n);
}

/** Ranges from 0 to the end of all indices, some of them empty. */
const content = fc
  .record({
    pivots: fc.uniqueArray(fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: MAX - 1n })), {
      maxLength: 80,
    }),
    filled: fc.array(fc.boolean(), { minLength: 81, maxLength: 81 }),
    widths: fc.array(fc.integer({ min: 2, max: 16 }), { minLength: 1, maxLength: 8 }),
    inner: fc.constantFrom(RANGE, ARANGE),
  })
  .map(({ pivots, filled, widths, inner }) => {
    const ends = [...pivots.toSorted((a, b) => (a < b ? -1 : 1)), MAX];
    const parts = ends.map((last, i) => ({ last, entry: filled[i] ? 0xffff_8880_0000_0000n + BigInt(i * 64) : 0n }));
    const expected: MapleEntry[] = parts.flatMap(({ last, entry }, i) =>
      entry === 0n ? [] : [{ first: i === 0 ? 0n : parts[i - 1]!.last + 1n, last, entry }],
    );
    return { words: build(parts, widths, inner), expected };
  });

test('any ranges, in leaves under range and allocation nodes', () => {
  fc.assert(
    fc.property(content, ({ words, expected }) => {
      const kernel = kernelOver(words, types);
      expect([...mapleEntries(kernel, at(0), 'tree')]).toEqual(expected);
      expect(kernel.gaps.list).toEqual([]);
    }),
  );
});

test('an empty tree, and one whose only entry stands in the root', () => {
  expect([...mapleEntries(kernelOver([0n, 0n], types), at(0), 'tree')]).toEqual([]);
  expect([...mapleEntries(kernelOver([0n, 0xffff_8880_0000_1000n], types), at(0), 'tree')]).toEqual([
    { first: 0n, last: 0n, entry: 0xffff_8880_0000_1000n },
  ]);
});

describe('what is no tree', () => {
  const walk = (nodes: readonly (readonly bigint[])[], root = encoded(0, RANGE) | 2n, ownTypes = types) => {
    const kernel = kernelOver(treeOf(nodes, root), ownTypes);
    return { entries: [...mapleEntries(kernel, at(0), 'tree')], gaps: kernel.gaps.list };
  };
  const leaf = node(LEAF, [
    { last: 9n, entry: 0x1000n },
    { last: MAX, entry: 0x2000n },
  ]);

  test('a node that is its own child', () => {
    expect(walk([node(RANGE, [{ last: MAX, entry: encoded(0, RANGE) }])])).toEqual({
      entries: [],
      gaps: [{ gap: true, what: 'tree', reason: 'deeper than 32 levels', address: encoded(0, RANGE) }],
    });
  });

  test('a node that is shared: its ranges go with one parent only', () => {
    const { entries, gaps } = walk([
      node(RANGE, [
        { last: 9n, entry: encoded(1, LEAF) },
        { last: MAX, entry: encoded(1, LEAF) },
      ]),
      node(LEAF, [
        { last: 4n, entry: 0x1000n },
        { last: 9n, entry: 0x2000n },
      ]),
    ]);
    expect(entries.map(({ last }) => last)).toEqual([4n, 9n]);
    expect(gaps).toEqual([
      { gap: true, what: 'tree', reason: 'a maple node whose pivots are out of order', address: nodeAddress(1) },
    ]);
  });

  test('pivots that go down, and past the parent’s range', () => {
    for (const pivots of [
      [50n, 40n, MAX],
      [7n, 8n, 200n],
    ]) {
      const { entries, gaps } = walk([
        node(RANGE, [
          { last: 99n, entry: encoded(1, LEAF) },
          { last: MAX, entry: 0n },
        ]),
        node(
          LEAF,
          pivots.map((last) => ({ last, entry: 0x1000n })),
        ),
      ]);
      expect([entries, gaps.map(({ reason }) => reason)]).toEqual([[], ['a maple node whose pivots are out of order']]);
    }
  });

  test('a wild child beside a good one', () => {
    const { entries, gaps } = walk([
      node(RANGE, [
        { last: 9n, entry: 0xdead_0000_0000_010cn },
        { last: MAX, entry: encoded(1, LEAF) },
      ]),
      node(LEAF, [
        { last: 20n, entry: 0x1000n },
        { last: MAX, entry: 0n },
      ]),
    ]);
    expect(entries).toEqual([{ first: 10n, last: 20n, entry: 0x1000n }]);
    expect(gaps).toMatchObject([{ what: 'tree', reason: expect.stringContaining('0xdead0000000001') as string }]);
  });

  test('node types that no tree has', () => {
    for (const type of [0, 4, 15]) {
      expect(walk([leaf], encoded(0, type) | 2n)).toEqual({
        entries: [],
        gaps: [{ gap: true, what: 'tree', reason: `a maple node of type ${type}`, address: nodeAddress(0) }],
      });
    }
  });

  test('a kernel without the types', () => {
    const { entries, gaps } = walk(
      [leaf],
      encoded(0, LEAF) | 2n,
      'struct maple_tree { unsigned int ma_flags; void *ma_root; }; struct maple_range_64 { int none; };',
    );
    expect([entries, gaps.map(({ reason }) => reason)]).toEqual([
      [],
      ['`struct maple_range_64` has no member `pivot` in this kernel'],
    ]);
  });

  test('whatever the damage, it ends, and ranges ascend', () => {
    fc.assert(
      fc.property(content, damage(600), ({ words }, hits) => {
        const kernel = kernelOver(damaged(words, hits), types);
        const entries = [...mapleEntries(kernel, at(0), 'tree')];
        for (const [i, { first }] of entries.entries()) if (i > 0) expect(first).toBeGreaterThan(entries[i - 1]!.last);
        for (const gap of kernel.gaps.list) expect(gap.what).toBe('tree');
      }),
      { numRuns: 300 },
    );
  });
});
