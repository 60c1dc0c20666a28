import { columns, doorTo, gap, readOrGap, type CellOf, type Kernel, type RowOf } from 'oompm';
import { everyZoneOf, nodeCounters, type NodeRef, type Zone } from 'oompm/linux';

/** The kernel gives a node up for unreclaimable after so many fruitless tries: MAX_RECLAIM_RETRIES. */
const MAX_RECLAIM_RETRIES = 16;

export const nodeColumns = columns([
  { key: 'node', title: 'NODE', type: 'integer' },
  { key: 'present', title: 'PRESENT', type: 'pages', dispensable: 2 },
  { key: 'managed', title: 'MANAGED', type: 'pages' },
  { key: 'free', title: 'FREE', type: 'pages' },
  { key: 'anon', title: 'ANON', type: 'pages' },
  { key: 'file', title: 'FILE', type: 'pages' },
  { key: 'shmem', title: 'SHMEM', type: 'pages' },
  { key: 'unevictable', title: 'UNEVICTABLE', type: 'pages' },
  { key: 'slab', title: 'SLAB', type: 'pages' },
  { key: 'slabUnreclaimable', title: 'SUNRECLAIM', type: 'pages' },
  { key: 'kernelStack', title: 'STACKS', type: 'kB', dispensable: 1 },
  { key: 'allUnreclaimable', title: 'ALL UNRECLAIMABLE', type: 'boolean' },
]);

export function nodeRow(kernel: Kernel, node: NodeRef): RowOf<typeof nodeColumns> {
  const counters = readOrGap(`vm_stat of node ${node.node_id}`, () => nodeCounters(kernel, node));
  const zones = everyZoneOf(kernel, node);
  const sum = (pages: (zone: Zone) => number): CellOf<'pages'> =>
    zones?.reduce((total, zone) => total + pages(zone), 0) ?? gap('node_zones', 'not every zone can be read');
  const of = (...names: string[]): CellOf<'pages'> => {
    if ('gap' in counters) return counters;
    const found = names.flatMap((name) => counters.get(name) ?? []);
    return found.length === 0 ? null : found.reduce((total, pages) => total + pages, 0);
  };
  const failures = node.kswapd_failures;
  return {
    cells: {
      node: node.node_id,
      present: sum((zone) => zone.presentPages),
      managed: sum((zone) => zone.managedPages),
      free: sum((zone) => zone.freePages),
      anon: of('NR_ACTIVE_ANON', 'NR_INACTIVE_ANON'),
      file: of('NR_ACTIVE_FILE', 'NR_INACTIVE_FILE'),
      shmem: of('NR_SHMEM'),
      unevictable: of('NR_UNEVICTABLE'),
      slab: of('NR_SLAB_RECLAIMABLE_B', 'NR_SLAB_UNRECLAIMABLE_B'),
      slabUnreclaimable: of('NR_SLAB_UNRECLAIMABLE_B'),
      kernelStack: of('NR_KERNEL_STACK_KB'),
      allUnreclaimable: failures === undefined ? null : failures >= MAX_RECLAIM_RETRIES,
    },
    door: doorTo(node),
  };
}
