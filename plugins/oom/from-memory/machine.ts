import type { Kernel } from 'oompm';
import {
  freeLists,
  globalNodeCounters,
  globalZoneCounters,
  hugetlbPools,
  memoryTotals,
  nodeCounters,
  onlineNodes,
  swapTotals,
  totalRamPages,
  zonesOf,
  type Counters,
  type NodeRef,
  type Zone,
} from 'oompm/linux';
import type { Count, FreeList, HugepagePool, NodeState, OomReport, ZoneState } from 'oompm/oom';

import { definedOnly } from './defined-only.js';
import { kernelFeatures } from './features.js';
import type { Parts } from './parts.js';
import { defined } from 'oompm';

/** Which nodes and zones show_mem() leaves out, and whose CPU's lists are the local ones. */
export interface Filter {
  /** The nodes shown; undefined: all. */
  readonly nodes: readonly number[] | undefined;
  /** enum zone_type: the highest zone that the request may use; undefined: all are shown. */
  readonly highestZone: number | undefined;
  readonly cpu: number | undefined;
}

/** MAX_RECLAIM_RETRIES, mm/internal.h: kswapd gives up on a node after so many runs without result. */
const MAX_RECLAIM_RETRIES = 16;

type Machine = Pick<
  OomReport,
  'memInfo' | 'nodes' | 'zones' | 'freeLists' | 'hugepages' | 'pageCachePages' | 'swap' | 'totals'
>;

/**
 * What show_mem() tells, from memory: by the same counters, with what CPUs have not folded in left out as the kernel
 * leaves it out.
 */
export function machineState(parts: Parts, filter: Filter): Machine {
  const { kernel } = parts;
  const pageKB = kernel.memory.pageSize / 1024;
  // Up to 5.10 all nodes and zones are shown but those that the request's nodemask forbids; since 6.1 zones above it
  // are not.
  const highest = filtersZones(kernel) ? filter.highestZone : undefined;
  const nodesShown = (): readonly NodeRef[] =>
    onlineNodes(kernel).filter((node) => filter.nodes === undefined || filter.nodes.includes(node.node_id));
  const zonesShown = (): readonly Zone[] =>
    nodesShown()
      .flatMap((node) => zonesOf(kernel, node))
      .filter((zone) => highest === undefined || zone.index <= highest);
  return definedOnly({
    memInfo: parts.read('memInfo', () => memInfo(kernel, zonesShown())),
    nodes: parts.read('nodes', () => {
      const managed = new Set(
        zonesShown()
          .filter((zone) => zone.managedPages > 0)
          .map((zone) => zone.node),
      );
      return nodesShown()
        .filter((node) => highest === undefined || managed.has(node.node_id))
        .map((node) => nodeState(kernel, node, pageKB));
    }),
    zones: parts.read('zones', () => {
      heldAgainstTotal(kernel);
      return zonesShown().map((zone) => zoneState(kernel, zone, filter.cpu, pageKB));
    }),
    freeLists: parts.read('freeLists', () => zonesShown().map((zone) => freeList(kernel, zone, pageKB))),
    hugepages: parts.read('hugepages', () => hugepages(kernel, filter.nodes)),
    pageCachePages: parts.read('pageCachePages', () => globalNodeCounters(kernel).get('NR_FILE_PAGES')),
    swap: parts.read('swap', () => swapState(kernel, pageKB)),
    totals: parts.read('totals', () => {
      heldAgainstTotal(kernel);
      return totalsOf(kernel);
    }),
  });
}

/** A kernel without swap has none, and prints it so. */
function swapState(kernel: Kernel, pageKB: number): NonNullable<OomReport['swap']> {
  const swap = swapTotals(kernel) ?? { totalPages: 0, freePages: 0, cachePages: undefined, cacheStats: undefined };
  return {
    freeKB: swap.freePages * pageKB,
    totalKB: swap.totalPages * pageKB,
    ...defined({ cachePages: swap.cachePages }),
    ...(swap.cacheStats === undefined ? {} : { cacheStats: counts(swap.cacheStats) }),
  };
}

/** A gap where the sum of what zones manage is not the kernel's own: nobody knows which of them is damaged. */
function heldAgainstTotal(kernel: Kernel): void {
  kernel.attempt('managed pages', () => totalRamPages(kernel));
}

function totalsOf(kernel: Kernel): NonNullable<OomReport['totals']> {
  const { ram, highmem, reserved, cmaReserved, hwpoisoned } = memoryTotals(kernel);
  return definedOnly({ ram, highmem, reserved, cmaReserved, hwpoisoned });
}

/** As the model counts: a bigint only where a double would lose digits. */
function counts<K extends string>(values: Readonly<Record<K, bigint>>): Record<K, Count> {
  return Object.fromEntries(
    Object.entries<bigint>(values).map(([name, value]) => [
      name,
      value <= Number.MAX_SAFE_INTEGER ? Number(value) : value,
    ]),
  ) as Record<K, Count>;
}

/** Since 6.1 (974f4367dd31) show_mem() is told the highest zone; distributions took it over into older releases. */
function filtersZones(kernel: Kernel): boolean {
  return kernel.findSymbol('__show_mem') !== undefined || kernel.findSymbol('__show_free_areas') !== undefined;
}

/** The line's counter, and the enumerator whose value it prints. */
const memInfoItems: readonly (readonly [string, string])[] = [
  ['active_anon', 'NR_ACTIVE_ANON'],
  ['inactive_anon', 'NR_INACTIVE_ANON'],
  ['isolated_anon', 'NR_ISOLATED_ANON'],
  ['active_file', 'NR_ACTIVE_FILE'],
  ['inactive_file', 'NR_INACTIVE_FILE'],
  ['isolated_file', 'NR_ISOLATED_FILE'],
  ['unevictable', 'NR_UNEVICTABLE'],
  ['dirty', 'NR_FILE_DIRTY'],
  ['writeback', 'NR_WRITEBACK'],
  ['unstable', 'NR_UNSTABLE_NFS'],
  ['slab_reclaimable', 'NR_SLAB_RECLAIMABLE_B'],
  ['slab_unreclaimable', 'NR_SLAB_UNRECLAIMABLE_B'],
  ['mapped', 'NR_FILE_MAPPED'],
  ['shmem', 'NR_SHMEM'],
  ['pagetables', 'NR_PAGETABLE'],
  ['sec_pagetables', 'NR_SECONDARY_PAGETABLE'],
  ['bounce', 'NR_BOUNCE'],
  ['kernel_misc_reclaimable', 'NR_KERNEL_MISC_RECLAIMABLE'],
  ['free', 'NR_FREE_PAGES'],
];

function memInfo(kernel: Kernel, shown: readonly Zone[]): NonNullable<OomReport['memInfo']> {
  const features = kernelFeatures(kernel);
  const counters = new Map([...globalNodeCounters(kernel), ...globalZoneCounters(kernel)]);
  const left: Readonly<Record<string, boolean>> = {
    unstable: features.unstable,
    sec_pagetables: features.secPagetables,
    kernel_misc_reclaimable: features.kernelMiscReclaimable,
  };
  return {
    ...countsOf(
      memInfoItems.filter(([name]) => left[name] !== false),
      (item) => slabAware(counters, item),
    ),
    ...sumGiven(
      'free_pcp',
      shown.map((zone) => zone.pcpPages),
    ),
    ...countsOf([['free_cma', 'NR_FREE_CMA_PAGES']], (item) => counters.get(item)),
  };
}

/** Gone with bounce buffers (after 6.12), and its lines say 0 ever since. */
const PRINTED_AS_ZERO = 'NR_BOUNCE';

/** By the lines' names; what this kernel does not count is absent. */
function countsOf(
  items: readonly (readonly [string, string])[],
  count: (item: string) => number | undefined,
): Record<string, number> {
  return Object.fromEntries(
    items.flatMap(([name, item]) => {
      const value = count(item) ?? (item === PRINTED_AS_ZERO ? 0 : undefined);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** A sum of which a part can't be read is none. */
function sumGiven<K extends string>(name: K, parts: readonly (number | undefined)[], unit = 1): { [P in K]?: number } {
  const known = parts.filter((part) => part !== undefined);
  return known.length < parts.length
    ? {}
    : ({ [name]: known.reduce((sum, part) => sum + part, 0) * unit } as { [P in K]?: number });
}

/** Slab counters are named in bytes since 5.9 (d42f3245c7e2), though they still hold pages. */
function slabAware(counters: Counters, item: string): number | undefined {
  return counters.get(item) ?? counters.get(item.replace(/_B$/, ''));
}

const nodeItems: readonly (readonly [string, string])[] = [
  ['active_anon', 'NR_ACTIVE_ANON'],
  ['inactive_anon', 'NR_INACTIVE_ANON'],
  ['active_file', 'NR_ACTIVE_FILE'],
  ['inactive_file', 'NR_INACTIVE_FILE'],
  ['unevictable', 'NR_UNEVICTABLE'],
  ['isolated(anon)', 'NR_ISOLATED_ANON'],
  ['isolated(file)', 'NR_ISOLATED_FILE'],
  ['mapped', 'NR_FILE_MAPPED'],
  ['dirty', 'NR_FILE_DIRTY'],
  ['writeback', 'NR_WRITEBACK'],
  ['shmem', 'NR_SHMEM'],
  ['shmem_thp', 'NR_SHMEM_THPS'],
  ['shmem_pmdmapped', 'NR_SHMEM_PMDMAPPED'],
  ['anon_thp', 'NR_ANON_THPS'],
  ['writeback_tmp', 'NR_WRITEBACK_TEMP'],
  ['unstable', 'NR_UNSTABLE_NFS'],
  ['kernel_stack', 'NR_KERNEL_STACK_KB'],
  ['shadow_call_stack', 'NR_KERNEL_SCS_KB'],
  ['pagetables', 'NR_PAGETABLE'],
  ['sec_pagetables', 'NR_SECONDARY_PAGETABLE'],
  ['Balloon', 'NR_BALLOON_PAGES'],
  ['gpu_active', 'NR_GPU_ACTIVE'],
  ['gpu_reclaim', 'NR_GPU_RECLAIM'],
];

function nodeState(kernel: Kernel, node: NodeRef, pageKB: number): NodeState {
  const counters = nodeCounters(kernel, node);
  const f = kernelFeatures(kernel);
  const printed: Readonly<Record<string, boolean>> = {
    shmem_thp: f.thp,
    shmem_pmdmapped: f.thp,
    anon_thp: f.thp,
    writeback_tmp: f.writebackTmp,
    unstable: f.unstable,
    kernel_stack: f.nodeKernelStack,
    shadow_call_stack: f.shadowCallStack,
    pagetables: f.nodePagetables,
    sec_pagetables: f.secPagetables,
    Balloon: f.balloonAndGpu,
    gpu_active: f.balloonAndGpu,
    gpu_reclaim: f.balloonAndGpu,
  };
  const pages = (item: string): number => (/_(?:THPS|PMDMAPPED)$/.test(item) ? pagesInThpCount(kernel) : 1);
  const failures = node.kswapd_failures;
  return {
    node: node.node_id,
    kB: countsOf(
      nodeItems.filter(([name]) => printed[name] !== false),
      (item) => inKB(counters.get(item), item, pageKB * pages(item)),
    ),
    ...(failures === undefined ? {} : { allUnreclaimable: failures >= MAX_RECLAIM_RETRIES }),
  };
}

/**
 * Until 5.11 the counters of huge pages count these, from 5.12 on (69473e5de873) pages. Nothing of that change has a
 * type; NR_SWAPCACHE came in the same release.
 */
function pagesInThpCount(kernel: Kernel): number {
  return kernel.enumerator('NR_SWAPCACHE') === undefined ? 512 : 1;
}

const zoneItems: readonly (readonly [string, string])[] = [
  ['active_anon', 'NR_ZONE_ACTIVE_ANON'],
  ['inactive_anon', 'NR_ZONE_INACTIVE_ANON'],
  ['active_file', 'NR_ZONE_ACTIVE_FILE'],
  ['inactive_file', 'NR_ZONE_INACTIVE_FILE'],
  ['unevictable', 'NR_ZONE_UNEVICTABLE'],
  ['writepending', 'NR_ZONE_WRITE_PENDING'],
  ['zspages', 'NR_ZSPAGES'],
  ['mlocked', 'NR_MLOCK'],
  ['kernel_stack', 'NR_KERNEL_STACK_KB'],
  ['pagetables', 'NR_PAGETABLE'],
  ['bounce', 'NR_BOUNCE'],
  ['free_cma', 'NR_FREE_CMA_PAGES'],
];

/** Most count pages, some kB by themselves. */
function inKB(count: number | undefined, item: string, unit: number): number | undefined {
  return count === undefined ? undefined : count * (item.endsWith('_KB') ? 1 : unit);
}

function zoneState(kernel: Kernel, zone: Zone, cpu: number | undefined, pageKB: number): ZoneState {
  const f = kernelFeatures(kernel);
  const printed: Readonly<Record<string, boolean>> = {
    zspages: f.zspages,
    kernel_stack: !f.nodeKernelStack,
    pagetables: !f.nodePagetables,
  };
  return {
    ...(f.numa ? { node: zone.node } : {}),
    name: zone.name,
    kB: {
      ...countsOf(
        zoneItems.filter(([name]) => printed[name] !== false),
        (item) => inKB(zone.counters.get(item), item, pageKB),
      ),
      free: zone.freePages * pageKB,
      min: zone.watermarks.min * pageKB,
      low: zone.watermarks.low * pageKB,
      high: zone.watermarks.high * pageKB,
      ...(f.boost ? sumGiven('boost', [zone.boostPages], pageKB) : {}),
      ...(f.reservedHighatomic ? sumGiven('reserved_highatomic', [zone.reservedHighatomicPages], pageKB) : {}),
      ...(f.freeHighatomic ? sumGiven('free_highatomic', [zone.freeHighatomicPages], pageKB) : {}),
      present: zone.presentPages * pageKB,
      managed: zone.managedPages * pageKB,
      ...sumGiven('free_pcp', [zone.pcpPages], pageKB),
      ...sumGiven('local_pcp', [cpu === undefined ? 0 : zone.pcpPagesByCpu.get(cpu)], pageKB),
    },
    lowmemReservePages: zone.lowmemReserve,
  };
}

function freeList(kernel: Kernel, zone: Zone, pageKB: number): FreeList {
  const orders = freeLists(kernel, zone);
  return {
    ...(kernelFeatures(kernel).numa ? { node: zone.node } : {}),
    zone: zone.name,
    orders: orders.map(({ blocks, blockKB, types }) => ({ blocks, blockKB, ...(blocks === 0 ? {} : { types }) })),
    totalKB: orders.reduce((sum, { blocks, order }) => sum + blocks * 2 ** order, 0) * pageKB,
  };
}

/** By node, each with all sizes; filtered by node since it is asked for each (hugetlb_show_meminfo_node(), 6.0). */
function hugepages(kernel: Kernel, nodes: readonly number[] | undefined): HugepagePool[] {
  const pools = hugetlbPools(kernel);
  const filtered = kernel.findSymbol('hugetlb_show_meminfo_node') === undefined ? undefined : nodes;
  if (pools[0] === undefined) return [];
  const shown = pools[0].nodes
    .map(({ node }) => node)
    .filter((node) => filtered === undefined || filtered.includes(node));
  return shown.flatMap((node) =>
    pools.flatMap((pool) =>
      pool.nodes
        .filter((one) => one.node === node)
        .map(({ total, free, surplus }) => ({ node, total, free, surplus, sizeKB: pool.sizeKB })),
    ),
  );
}
