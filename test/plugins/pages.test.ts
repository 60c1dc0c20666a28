import { describe, expect, test } from 'vitest';

import {
  hugetlbPools,
  nodeCounterDiffs,
  nodeCounters,
  onlineNodes,
  scanPages,
  zoneCounterDiffs,
  zoneCounters,
  type PageCounts,
} from '../../src/linux/index.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile, unlessMissing } from '../dumps.js';

const dumps = [
  '5.10-global-panic/vmcore',
  '5.10-memcg1-panic/vmcore',
  '6.1-global-panic/vmcore',
  '6.1-hugetlb-panic/vmcore',
  '6.1-slab-panic/vmcore',
  '6.12-global-panic/vmcore',
  '6.12-zram-panic/vmcore',
  '7.2-global-panic/vmcore',
  '7.2-thp-panic/vmcore',
  'debian-6.1-global-panic/vmcore',
];

describe('page frames by use, held against the kernel’s counters with what CPUs still hold back', () => {
  test.skip.each(dumps.filter((name) => dumpFile(name) === undefined).map(unlessMissing))('%s', () => undefined);

  test.each(dumps.filter((name) => dumpFile(name) !== undefined))('%s', async (name) => {
    const kernel = await openKernel({ dump: [dumpFile(name)!] });
    const pages = all(kernel);
    const counted = counters(kernel);
    expect(pages.missing).toBe(0);
    expect({ free: pages.free, pageTables: pages.pageTables, shmem: pages.shmem }).toEqual({
      free: counted('NR_FREE_PAGES'),
      pageTables: counted('NR_PAGETABLE'),
      shmem: counted('NR_SHMEM'),
    });
    // A page that is being mapped or freed is counted and marked at two moments.
    expect(Math.abs(pages.anon - counted('NR_ANON_MAPPED')), 'anon').toBeLessThanOrEqual(4);
    // Large kmalloc blocks count as slab but are plain pages.
    const slab = counted('NR_SLAB_RECLAIMABLE_B') + counted('NR_SLAB_UNRECLAIMABLE_B');
    expect(slab - pages.slab).toBeGreaterThanOrEqual(0);
    expect(slab - pages.slab).toBeLessThanOrEqual(pages.kernel);
    const pools = hugetlbPools(kernel);
    expect(pages.hugetlb).toBe(pools.reduce((sum, { sizeKB, total }) => sum + total * (sizeKB / 4), 0));
    kernel.close();
  });
});

/** A counter summed over nodes and zones, wherever this kernel keeps it. */
function counters(kernel: Kernel): (name: string) => number {
  const nodes = onlineNodes(kernel);
  const maps = [
    ...nodes.flatMap((node) => [nodeCounters(kernel, node), nodeCounterDiffs(kernel, node)]),
    ...nodes.flatMap((node) =>
      node.node_zones.flatMap((zone) => [zoneCounters(kernel, zone), zoneCounterDiffs(kernel, zone)]),
    ),
  ];
  return (name) => maps.reduce((sum, map) => sum + (map.get(name) ?? 0), 0);
}

function all(kernel: Kernel): PageCounts {
  const [first, ...rest] = onlineNodes(kernel).map((node) =>
    scanPages(kernel, node.node_start_pfn, node.node_start_pfn + node.node_spanned_pages),
  );
  for (const more of rest) for (const kind of Object.keys(more) as (keyof PageCounts)[]) first![kind] += more[kind];
  return first!;
}
