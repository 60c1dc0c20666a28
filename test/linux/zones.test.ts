import { describe, expect, test } from 'vitest';
import {
  allZones,
  countFreeLists,
  everyZoneOf,
  freeLists,
  memoryTotals,
  onlineNodes,
  zoneCounterDiffs,
  zoneNames,
  zonesOf,
} from 'oompm/linux';
import { perCpu, to, toyKernel, type ToyKernelOptions } from 'oompm/testing';

import zones from '../../plugins/zones/index.js';
import { tableOf } from '../plugins/views-of.js';

const types = (pcp: string): string => `
  enum zone_type { ZONE_DMA32, ZONE_NORMAL, MAX_NR_ZONES };
  enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };
  enum zone_stat_item { NR_FREE_PAGES, NR_VM_ZONE_STAT_ITEMS };
  enum node_stat_item { NR_LRU_BASE, NR_INACTIVE_ANON = NR_LRU_BASE, NR_ACTIVE_ANON, NR_VM_NODE_STAT_ITEMS };
  enum migratetype { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_TYPES };
  struct free_area { struct list_head free_list[2]; unsigned long nr_free; };
  struct per_cpu_pages { int count, high, batch; };
  struct per_cpu_pageset { struct per_cpu_pages pcp; s8 vm_stat_diff[1]; };
  struct zone {
    unsigned long _watermark[3]; unsigned long watermark_boost; long lowmem_reserve[2]; struct pglist_data *zone_pgdat; ${pcp}
    unsigned long zone_start_pfn; atomic_long_t managed_pages; unsigned long spanned_pages, present_pages; char *name;
    struct free_area free_area[2]; atomic_long_t vm_stat[1];
  };
  struct zoneref { struct zone *zone; int zone_idx; };
  struct zonelist { struct zoneref _zonerefs[3]; };
  struct pglist_data {
    struct zone node_zones[2]; struct zonelist node_zonelists[1]; int nr_zones; unsigned long node_start_pfn, node_present_pages, node_spanned_pages;
    int node_id; unsigned long totalreserve_pages; atomic_long_t vm_stat[2];
  };`;
const now = types('struct per_cpu_pages *per_cpu_pageset;');

const normal = {
  name: 'Normal',
  present_pages: 1000,
  managed_pages: 900,
  spanned_pages: 1100,
  _watermark: [10, 20, 30],
  watermark_boost: 5,
  lowmem_reserve: [0, 7],
  vm_stat: [-3],
  per_cpu_pageset: perCpu({ count: 4 }, { count: 2 }),
};
const node = { type: 'struct pglist_data', value: { node_id: 0, node_zones: [{ name: 'DMA32' }, normal] } } as const;
const AREA = 'contig_page_data.node_zones[1].free_area';
/** All lists empty but those that a test fills. */
const emptyLists = ['[0].free_list[0]', '[0].free_list[1]', '[1].free_list[0]', '[1].free_list[1]'].map((list) => [
  `${AREA}${list}`,
]);

function machine(options: Partial<ToyKernelOptions> = {}) {
  return toyKernel({ types: now, variables: { contig_page_data: node }, lists: emptyLists, cpus: 2, ...options });
}

describe('zones', () => {
  test('without NUMA; a zone without pages is passed over; the boost is in the watermarks; counters are never below 0', () => {
    const kernel = machine();
    const [zone, ...others] = allZones(kernel);
    expect(others).toEqual([]);
    expect(zone).toMatchObject({
      node: 0,
      index: 1,
      name: 'Normal',
      presentPages: 1000,
      managedPages: 900,
      spannedPages: 1100,
      boostPages: 5,
      lowmemReserve: [0, 7],
      watermarks: { min: 15, low: 25, high: 35, promo: undefined },
      pcpPages: 6,
      freePages: 0,
      reservedHighatomicPages: undefined,
      cmaPages: undefined,
    });
    expect([...zone!.pcpPagesByCpu]).toEqual([
      [0, 4],
      [1, 2],
    ]);
    expect(zoneNames(kernel)).toEqual(['DMA32', 'Normal']);
    expect(kernel.gaps.list).toEqual([]);
  });

  test('per-CPU pages up to 5.13 lie in a pageset', () => {
    const { per_cpu_pageset: _, ...old } = normal;
    const kernel = machine({
      types: types('struct per_cpu_pageset *pageset;'),
      variables: {
        contig_page_data: {
          type: 'struct pglist_data',
          value: {
            node_zones: [{ name: 'DMA32' }, { ...old, pageset: perCpu({ pcp: { count: 3 } }, { pcp: { count: 8 } }) }],
          },
        },
      },
    });
    expect(allZones(kernel)[0]!.pcpPages).toBe(11);
  });

  test('nodes that are online, by their mask; one that has no struct is a gap', () => {
    const kernel = toyKernel({
      types: `${now} typedef struct { unsigned long bits[1]; } nodemask_t; enum node_states { N_POSSIBLE, N_ONLINE, N_MEMORY };`,
      variables: {
        node_data: { type: 'struct pglist_data *[4]', value: [to('a'), to('b'), to('c'), null] },
        node_states: { type: 'nodemask_t[3]', value: [{ bits: [15] }, { bits: [0b1101] }, { bits: [1] }] },
      },
      objects: { a: node, b: node, c: node },
    });
    expect(onlineNodes(kernel).map((one) => one.$address)).toEqual(['a', 'c'].map((name) => kernel.addressOf(name)));
    expect(kernel.gaps.list).toEqual([
      { gap: true, what: 'node_data[3]', reason: 'a node that is online has no struct pglist_data' },
    ]);
  });

  test('a node that is not in the dump: its zones are a gap, the others stand', () => {
    const kernel = toyKernel({
      types: now,
      variables: { node_data: { type: 'struct pglist_data *[2]', value: [to('a'), to('b')] } },
      objects: { a: node, b: node },
      lost: ['a'],
    });
    const [a, b] = onlineNodes(kernel);
    expect(zonesOf(kernel, a!)).toEqual([]);
    expect(zonesOf(kernel, b!).map((zone) => zone.name)).toEqual(['Normal']);
    expect(kernel.gaps.list.length).toBeGreaterThan(0);
    expect(kernel.gaps.list.every(({ what }) => what.startsWith('node_zones'))).toBe(true);
  });
});

describe('a sum of which a part can’t be read is none', () => {
  const two = (lost: readonly string[]) =>
    toyKernel({
      types: now,
      lost,
      variables: { node_data: { type: 'struct pglist_data *[2]', value: [to('a'), to('b')] } },
      objects: {
        a: node,
        b: {
          ...node,
          value: {
            ...node.value,
            node_id: 1,
            node_zones: [{ name: 'DMA32', present_pages: 50, managed_pages: 50, spanned_pages: 50 }, normal],
          },
        },
      },
    });

  test('the totals of the machine, and of a node: all that can be read, or nothing', () => {
    const sound = two([]);
    expect(memoryTotals(sound)).toMatchObject({ ram: 2050, reserved: 200 });
    expect(everyZoneOf(sound, onlineNodes(sound)[1]!)?.map(({ name }) => name)).toEqual(['DMA32', 'Normal']);
    const damaged = two(['a']);
    expect(memoryTotals(damaged)).toMatchObject({ ram: undefined, highmem: undefined, reserved: undefined });
    expect(onlineNodes(damaged).map((one) => everyZoneOf(damaged, one) === undefined)).toEqual([true, false]);
  });

  test('the table of nodes: a node whose zone can’t be read has no sum, one without pages has 0', () => {
    const kernel = machine({
      variables: { contig_page_data: { type: 'struct pglist_data', value: { node_zones: [{}, normal] } } },
      overwrite: { 'contig_page_data.node_zones[1].name': 0xdead_0000n },
    });
    expect(tableOf(zones, kernel).rows[0]!.cells).toMatchObject({
      present: { gap: true },
      managed: { gap: true },
      free: { gap: true },
    });
    const empty = machine({
      variables: { contig_page_data: { type: 'struct pglist_data', value: { node_zones: [{}, {}] } } },
    });
    expect(tableOf(zones, empty).rows[0]!.cells).toMatchObject({ present: 0, managed: 0, free: 0 });
  });

  test('a counter that the kernel has not is no 0', () => {
    const kernel = machine({ types: now.replace('NR_FREE_PAGES', 'NR_OTHER_PAGES') });
    expect(allZones(kernel)).toEqual([]);
    expect(kernel.gaps.list).toMatchObject([
      { what: 'node_zones[1]', reason: 'this kernel has no counter NR_FREE_PAGES' },
    ]);
  });

  test('what CPUs have not folded in: of all, or of none', () => {
    const old = types('struct per_cpu_pageset *pageset;');
    const { per_cpu_pageset: _, ...rest } = normal;
    const of = (overwrite: ToyKernelOptions['overwrite'] = {}) => {
      const kernel = machine({
        types: old,
        overwrite,
        variables: {
          contig_page_data: {
            type: 'struct pglist_data',
            value: { node_zones: [{}, { ...rest, pageset: perCpu({ vm_stat_diff: [3] }, { vm_stat_diff: [-1] }) }] },
          },
        },
      });
      return { kernel, zone: onlineNodes(kernel)[0]!.node_zones[1]! };
    };
    const sound = of();
    expect([...zoneCounterDiffs(sound.kernel, sound.zone)]).toEqual([['NR_FREE_PAGES', 2]]);
    const damaged = of({ '__per_cpu_offset[1]': 0xdead_0000n });
    expect(() => zoneCounterDiffs(damaged.kernel, damaged.zone)).toThrow();
  });
});

describe('free lists', () => {
  const blocks = { x: { type: 'struct list_head' }, y: { type: 'struct list_head' } } as const;
  const lists = [[`${AREA}[0].free_list[0]`, 'x', 'y'], ...emptyLists.slice(1)];

  test('letters of the lists that are not empty; what the kernel counts', () => {
    const kernel = machine({ objects: blocks, lists, overwrite: { [`${AREA}[0].nr_free`]: 2 } });
    expect(freeLists(kernel, allZones(kernel)[0]!)).toEqual([
      { order: 0, blockKB: 4, blocks: 2, types: 'U' },
      { order: 1, blockKB: 8, blocks: 0, types: '' },
    ]);
    expect(countFreeLists(kernel, allZones(kernel)[0]!).map((counts) => [...counts])).toEqual([
      [
        ['U', 2],
        ['M', 0],
      ],
      [
        ['U', 0],
        ['M', 0],
      ],
    ]);
  });

  test('a free list that points back into itself ends as a gap', () => {
    const kernel = machine({ objects: blocks, lists, overwrite: { 'y.next': to('y') } });
    expect(countFreeLists(kernel, allZones(kernel)[0]!)[0]!.get('U')).toBeGreaterThan(1);
    expect(kernel.gaps.list).toMatchObject([
      {
        what: 'Normal free_area[0].free_list[0]',
        reason: expect.stringContaining('it is not the next of this list') as string,
      },
    ]);
  });

  test('a block that is not in the dump ends the count as a gap', () => {
    const kernel = machine({ objects: blocks, lists, lost: ['y'] });
    expect(countFreeLists(kernel, allZones(kernel)[0]!)[0]!.get('U')).toBe(2);
    expect(kernel.gaps.list).toHaveLength(1);
  });
});
