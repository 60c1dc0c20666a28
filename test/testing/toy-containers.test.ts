import { expect, test } from 'vitest';
import {
  hlistNodes,
  idrEntries,
  llistNodes,
  mapleEntries,
  rbtreeNodes,
  xarrayEntries,
  xarrayLoad,
} from 'oompm/inspect';
import { to, toyKernel } from 'oompm/testing';

/** What a plugin's author declares: his own structs alone. */
const types = `
  struct thing {
    int id; struct list_head link; struct hlist_node hash; struct llist_node next; struct rb_node node;
  };
  struct table { struct hlist_head heads[4]; struct llist_head queue; struct rb_root tree; struct xarray pages; struct idr ids; struct maple_tree ranges; };
`;

const kernel = toyKernel({
  types,
  variables: { things: { type: 'struct list_head' } },
  objects: {
    a: { type: 'struct thing', value: { id: 1, hash: { next: to('b.hash') }, next: { next: to('b.next') } } },
    b: { type: 'struct thing', value: { id: 2, node: { __rb_parent_color: to('a.node') } } },
    table: {
      type: 'struct table',
      value: {
        heads: [{ first: null }, { first: to('a.hash') }],
        queue: { first: to('a.next') },
        tree: { rb_node: to('a.node') },
        pages: { xa_head: to('node', 2) },
        ids: { idr_base: 1, idr_rt: { xa_head: to('a') } },
        // maple_leaf_64 is 1, from bit 3.
        ranges: { ma_root: to('leaf', (1 << 3) | 6) },
      },
    },
    node: { type: 'struct xa_node', value: { count: 2, slots: [to('a'), null, to('b')] } },
    leaf: {
      type: 'struct maple_range_64',
      value: { pivot: [4, 9, 2n ** 64n - 1n], slot: [null, to('b'), null] },
    },
  },
  lists: [['things', 'a.link', 'b.link']],
  overwrite: { 'a.node.rb_right': to('b.node') },
});
const at = (place: string): bigint => kernel.addressOf(place);

test('a toy kernel has the types of the kernel’s containers', () => {
  const walked = {
    list: [...kernel.list(at('things'), { struct: 'thing', members: { id: 'int' } }, 'link' as 'id')].map(
      ({ id }) => id,
    ),
    hlist: [...hlistNodes(kernel, at('table.heads[1]'), 'hash')],
    llist: [...llistNodes(kernel, at('table.queue'), 'queue')],
    rbtree: [...rbtreeNodes(kernel, at('table.tree'), 'tree')],
    xarray: [...xarrayEntries(kernel, at('table.pages'), 'pages')],
    load: xarrayLoad(kernel, at('table.pages'), 2n, 'pages'),
    idr: [...idrEntries(kernel, at('table.ids'), 'ids')],
    maple: [...mapleEntries(kernel, at('table.ranges'), 'ranges')],
  };
  expect(walked).toEqual({
    list: [1, 2],
    hlist: [at('a.hash'), at('b.hash')],
    llist: [at('a.next'), at('b.next')],
    rbtree: [at('a.node'), at('b.node')],
    xarray: [
      { index: 0n, entry: at('a') },
      { index: 2n, entry: at('b') },
    ],
    load: at('b'),
    idr: [{ id: 1, entry: at('a') }],
    maple: [{ first: 5n, last: 9n, entry: at('b') }],
  });
  expect(kernel.gaps.list).toEqual([]);
});
