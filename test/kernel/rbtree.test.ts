import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { to, toyKernel } from 'oompm/testing';

import { rbtreeNodes } from '../../src/kernel/containers/rbtree.js';
import { at, damage, damaged, kernelOver } from './arena.js';

interface Node {
  key: number;
  left?: Node;
  right?: Node;
}

/** Word 0 is the root; the node of key n begins at word 3n + 1: parent and colour, right, left. */
const place = (node: Node | undefined): bigint => (node ? at(3 * node.key + 1) : 0n);

/** A tree by insertion in this order, unbalanced: the walk does not care. */
function treeOf(keys: readonly number[]): bigint[] {
  const words = Array.from({ length: 3 * keys.length + 1 }, () => 0n);
  let root: Node | undefined;
  const write = (node: Node, parent: Node | undefined): void => {
    words.splice(3 * node.key + 1, 3, place(parent) | BigInt(node.key & 1), place(node.right), place(node.left));
    for (const child of [node.left, node.right]) if (child) write(child, node);
  };
  for (const key of keys) {
    if (!root) {
      root = { key };
      continue;
    }
    for (let node = root; ;) {
      const side = key < node.key ? 'left' : 'right';
      const child = node[side];
      if (!child) {
        node[side] = { key };
        break;
      }
      node = child;
    }
  }
  words[0] = place(root);
  if (root) write(root, undefined);
  return words;
}

const keys = fc.integer({ min: 0, max: 80 }).chain((count) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, n) => n),
    { minLength: count },
  ),
);

test('any tree in order', () => {
  fc.assert(
    fc.property(keys, (inserted) => {
      const kernel = kernelOver(treeOf(inserted));
      expect([...rbtreeNodes(kernel, at(0), 'tree')]).toEqual(inserted.map((_, key) => place({ key })));
      expect(kernel.gaps.list).toEqual([]);
    }),
  );
});

describe('what is no tree', () => {
  const node = (left: string | null, right: string | null) => ({
    type: 'struct rb_node',
    value: { rb_left: left === null ? null : to(left), rb_right: right === null ? null : to(right) },
  });
  const walk = (
    nodes: Record<string, [parent: string | null, left: string | null, right: string | null]>,
    lost: string[] = [],
  ) => {
    const shape = (parents: (name: string) => bigint) =>
      toyKernel({
        types: '',
        variables: { root: { type: 'struct rb_root', value: { rb_node: to('a') } } },
        objects: Object.fromEntries(Object.entries(nodes).map(([name, [, left, right]]) => [name, node(left, right)])),
        overwrite: Object.fromEntries(
          Object.entries(nodes).flatMap(([name, [parent]]) =>
            parent === null ? [] : [[`${name}.__rb_parent_color`, parents(parent)]],
          ),
        ),
        lost,
      });
    // Parents are numbers with a colour in them: where nodes stand is known once there is a first kernel.
    const first = shape(() => 0n);
    const kernel = shape((name) => first.addressOf(name) | 1n);
    kernel.guard.limit(10_000);
    const names = new Map(Object.keys(nodes).map((name) => [kernel.addressOf(name), name]));
    return {
      walked: [...rbtreeNodes(kernel, kernel.addressOf('root'), 'tree')].map((address) => names.get(address)),
      gaps: kernel.gaps.list,
      kernel,
    };
  };

  test('right links in a circle', () => {
    const { walked, gaps, kernel } = walk({ a: [null, null, 'b'], b: ['a', null, 'c'], c: ['b', null, 'a'] });
    expect(walked).toEqual(['a', 'b', 'c']);
    expect(gaps).toEqual([
      {
        gap: true,
        what: 'tree',
        reason: `a node that is not the child of 0x${kernel.addressOf('c').toString(16)} alone`,
        address: kernel.addressOf('a'),
      },
    ]);
  });

  test('left links in a circle', () => {
    const { walked, gaps } = walk({ a: [null, 'b', null], b: ['a', 'a', null] });
    expect([walked, gaps.length]).toEqual([['b', 'a'], 1]);
  });

  test('a node that both links of its parent lead to comes once', () => {
    const { walked, gaps } = walk({ a: [null, 'b', 'b'], b: ['a', null, null] });
    expect([walked, gaps.length]).toEqual([['b', 'a'], 1]);
  });

  test('a node on a missing page: its siblings are there', () => {
    const { walked, gaps, kernel } = walk({ a: [null, 'b', 'c'], b: ['a', null, null], c: ['a', null, null] }, ['b']);
    expect(walked).toEqual(['a', 'c']);
    expect(gaps).toMatchObject([
      { what: 'tree', address: kernel.addressOf('b'), reason: expect.stringContaining('excluded') as string },
    ]);
  });

  test('deeper than any tree: a chain of left links', () => {
    const words = [
      at(1),
      ...Array.from({ length: 200 }, (_, n) => [
        n === 0 ? 0n : at(3 * n - 2),
        0n,
        n === 199 ? 0n : at(3 * n + 4),
      ]).flat(),
    ];
    const kernel = kernelOver(words);
    expect([...rbtreeNodes(kernel, at(0), 'tree')]).toEqual([]);
    expect(kernel.gaps.list).toMatchObject([{ what: 'tree', reason: 'deeper than 128 levels: not a tree' }]);
  });

  test('whatever the damage, it ends, and no node comes twice', () => {
    fc.assert(
      fc.property(keys, damage(241), (inserted, hits) => {
        const kernel = kernelOver(damaged(treeOf(inserted), hits));
        const walked = [...rbtreeNodes(kernel, at(0), 'tree')];
        expect(new Set(walked).size).toBe(walked.length);
        for (const gap of kernel.gaps.list) expect(gap.what).toBe('tree');
      }),
      { numRuns: 300 },
    );
  });
});
