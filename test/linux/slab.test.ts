import { expect, test } from 'vitest';
import { slabCaches } from 'oompm/linux';
import { to, toyKernel, type ToyKernelOptions } from 'oompm/testing';

const types = `
  struct kmem_cache_order_objects { unsigned int x; };
  struct kmem_cache_node { unsigned long nr_partial; struct list_head partial; atomic_long_t nr_slabs, total_objects; };
  struct slab { struct list_head slab_list; union { unsigned long counters; struct { unsigned int inuse:16; unsigned int objects:15; unsigned int frozen:1; }; }; };
  struct kmem_cache { unsigned int flags, size, object_size; struct kmem_cache_order_objects oo; char *name; struct list_head list; struct kmem_cache_node *node[4]; };`;

const usage = (objects: number, inuse: number): number => (objects << 16) | inuse;

/** One cache of 64-byte objects, order 1: three slabs of 100, two of them partly free. */
function machine(options: Partial<ToyKernelOptions> = {}) {
  return toyKernel({
    types,
    variables: { slab_caches: { type: 'struct list_head' }, nr_node_ids: { type: 'unsigned int', value: 1 } },
    objects: {
      // Behind the first node stands what is not the cache's: it was allocated for one node.
      cache: {
        type: 'struct kmem_cache',
        value: {
          name: 'leak',
          size: 64,
          object_size: 56,
          flags: 1 << 17,
          oo: { x: (1 << 16) | 100 },
          node: [to('node'), to('cache'), to('cache'), to('cache')],
        },
      },
      node: { type: 'struct kmem_cache_node', value: { nr_partial: 2, nr_slabs: 3, total_objects: 300 } },
      x: { type: 'struct slab', value: { counters: usage(100, 10) } },
      y: { type: 'struct slab', value: { counters: usage(100, 99) } },
    },
    lists: [
      ['slab_caches', 'cache.list'],
      ['node.partial', 'x.slab_list', 'y.slab_list'],
    ],
    ...options,
  });
}

test('objects, those in use, pages; the array of nodes ends where the machine’s nodes end', () => {
  const kernel = machine();
  expect(slabCaches(kernel)).toEqual([
    {
      address: kernel.addressOf('cache'),
      name: 'leak',
      size: 64,
      objectSize: 56,
      totalObjects: 300,
      activeObjects: 209,
      slabs: 3,
      pages: 6,
      reclaimable: true,
    },
  ]);
  expect(kernel.gaps.list).toEqual([]);
});

test('a list of partial slabs that goes in a circle is a gap, and no object is counted below 0', () => {
  const kernel = machine({ overwrite: { 'y.slab_list.next': to('x.slab_list') } });
  const [cache] = slabCaches(kernel);
  expect(cache!.totalObjects).toBe(300);
  expect(cache!.activeObjects).toBeUndefined();
  expect(kernel.gaps.list).toMatchObject([{ what: 'partial slabs of leak' }]);
});

test('a slab that is not in the dump is a gap, and how many objects are in use is not known', () => {
  const kernel = machine({ lost: ['y'] });
  expect(slabCaches(kernel)[0]).toMatchObject({ totalObjects: 300, activeObjects: undefined });
  expect(kernel.gaps.list.length).toBeGreaterThan(0);
});

test('a kernel that does not count its slabs has not none', () => {
  expect(() =>
    slabCaches(
      machine({
        types: types.replace('atomic_long_t nr_slabs, total_objects;', 'atomic_long_t others[2];'),
        objects: {},
        lists: [['slab_caches']],
      }),
    ),
  ).toThrow('does not count its slabs');
});

test('a list without any cache is a gap', () => {
  const kernel = machine({ lists: [['slab_caches'], ['node.partial', 'x.slab_list', 'y.slab_list']] });
  expect(slabCaches(kernel)).toEqual([]);
  expect(kernel.gaps.list).toEqual([
    { gap: true, what: 'slab_caches', reason: 'no cache is on the list, and no kernel is without any' },
  ]);
});

test('an order that no slab has is a gap, not a cache of no pages', () => {
  const kernel = machine({ overwrite: { 'cache.oo': { x: 0xffff_0000 } } });
  expect(slabCaches(kernel)).toEqual([]);
  expect(kernel.gaps.list).toMatchObject([{ reason: expect.stringContaining('slabs of order 65535') as string }]);
});

test('a cache that can’t be read is a gap, the others are shown', () => {
  const kernel = machine({ lost: ['node'] });
  expect(slabCaches(kernel)).toEqual([]);
  expect(kernel.gaps.list).toMatchObject([{ what: expect.stringContaining('kmem_cache 0x') as string }]);
});
