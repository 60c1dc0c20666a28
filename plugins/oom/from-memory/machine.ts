import type { Kernel } from 'oompm';
import {
  freeLists, globalNodeCounters, globalZoneCounters, hugetlbPools, memoryTotals, nodeCounters, onlineNodes, swapTotals, zonesOf,
  type Counters, type NodeRef, type Zone,
} from 'oompm/linux';
import type { Count, FreeList, HugepagePool, NodeState, OomReport, ZoneState } from 'oompm/oom';

import { kernelFeatures } from './features.js';

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

type Machine = Pick<OomReport, 'memInfo' | 'nodes' | 'zones' | 'freeLists' | 'hugepages' | 'pageCachePages' | 'swap' | 'totals'>;

/** What show_mem() tells, from memory: by the same counters, with what CPUs have not folded in left out as the kernel leaves it out. */
export function machineState(kernel: Kernel, filter: Filter): Machine {
  const pageKB = kernel.memory.pageSize / 1024;
  // Up to 5.10 all nodes and zones are shown but those that the request's nodemask forbids; since 6.1 zones above it are not.
  const highest = filtersZones(kernel) ? filter.highestZone : undefined;
  const nodes = onlineNodes(kernel).filter((node) => filter.nodes === undefined || filter.nodes.includes(node.node_id));
  const zones = nodes.flatMap((node) => zonesOf(kernel, node)).filter((zone) => highest === undefined || zone.index <= highest);
  const managed = new Set(zones.filter((zone) => zone.managedPages > 0).map((zone) => zone.node));
  const shown = highest === undefined ? nodes : nodes.filter((node) => managed.has(node.node_id));
  const swap = kernel.attempt('swap', () => swapTotals(kernel));
  const totals = memoryTotals(kernel);
  const pageCachePages = globalNodeCounters(kernel).get('NR_FILE_PAGES');
  return {
    memInfo: memInfo(kernel, zones),
    nodes: shown.map((node) => nodeState(kernel, node, pageKB)),
    zones: zones.map((zone) => zoneState(kernel, zone, filter.cpu, pageKB)),
    freeLists: zones.map((zone) => freeList(kernel, zone, pageKB)),
    hugepages: hugepages(kernel, filter.nodes),
    ...(pageCachePages === undefined ? {} : { pageCachePages }),
    swap: {
      ...(swap?.cachePages === undefined ? {} : { cachePages: swap.cachePages }),
      ...(swap?.cacheStats === undefined ? {} : { cacheStats: counts(swap.cacheStats) }),
      freeKB: (swap?.freePages ?? 0) * pageKB, totalKB: (swap?.totalPages ?? 0) * pageKB,
    },
    totals: {
      ram: totals.ram, highmem: totals.highmem, reserved: totals.reserved,
      ...(totals.cmaReserved === undefined ? {} : { cmaReserved: totals.cmaReserved }),
      ...(totals.hwpoisoned === undefined ? {} : { hwpoisoned: totals.hwpoisoned }),
    },
  };
}

/** As the model counts: a bigint only where a double would lose digits. */
function counts<K extends string>(values: Readonly<Record<K, bigint>>): Record<K, Count> {
  return Object.fromEntries(Object.entries<bigint>(values).map(([name, value]) => [name, value <= Number.MAX_SAFE_INTEGER ? Number(value) : value])) as Record<K, Count>;
}

/** Since 6.1 (974f4367dd31) show_mem() is told the highest zone; distributions took it over into older releases. */
function filtersZones(kernel: Kernel): boolean {
  return kernel.symbols.addressOf('__show_mem') !== undefined || kernel.symbols.addressOf('__show_free_areas') !== undefined;
}

/** The line's counter, and the enumerator whose value it prints. */
const memInfoItems: readonly (readonly [string, string])[] = [
  ['active_anon', 'NR_ACTIVE_ANON'], ['inactive_anon', 'NR_INACTIVE_ANON'], ['isolated_anon', 'NR_ISOLATED_ANON'],
  ['active_file', 'NR_ACTIVE_FILE'], ['inactive_file', 'NR_INACTIVE_FILE'], ['isolated_file', 'NR_ISOLATED_FILE'],
  ['unevictable', 'NR_UNEVICTABLE'], ['dirty', 'NR_FILE_DIRTY'], ['writeback', 'NR_WRITEBACK'], ['unstable', 'NR_UNSTABLE_NFS'],
  ['slab_reclaimable', 'NR_SLAB_RECLAIMABLE_B'], ['slab_unreclaimable', 'NR_SLAB_UNRECLAIMABLE_B'],
  ['mapped', 'NR_FILE_MAPPED'], ['shmem', 'NR_SHMEM'], ['pagetables', 'NR_PAGETABLE'], ['sec_pagetables', 'NR_SECONDARY_PAGETABLE'],
  ['bounce', 'NR_BOUNCE'], ['kernel_misc_reclaimable', 'NR_KERNEL_MISC_RECLAIMABLE'], ['free', 'NR_FREE_PAGES'],
];

function memInfo(kernel: Kernel, shown: readonly Zone[]): NonNullable<OomReport['memInfo']> {
  const features = kernelFeatures(kernel);
  const counters = new Map([...globalNodeCounters(kernel), ...globalZoneCounters(kernel)]);
  const left: Readonly<Record<string, boolean>> = {
    unstable: features.unstable, sec_pagetables: features.secPagetables, kernel_misc_reclaimable: features.kernelMiscReclaimable,
  };
  return {
    ...Object.fromEntries(memInfoItems.filter(([name]) => left[name] !== false).map(([name, item]) => [name, slabAware(counters, item) ?? 0])),
    free_pcp: shown.reduce((sum, zone) => sum + zone.pcpPages, 0),
    free_cma: counters.get('NR_FREE_CMA_PAGES') ?? 0,
  };
}

/** Slab counters are named in bytes since 5.9 (d42f3245c7e2), though they still hold pages. */
function slabAware(counters: Counters, item: string): number | undefined {
  return counters.get(item) ?? counters.get(item.replace(/_B$/, ''));
}

const nodeItems: readonly (readonly [string, string])[] = [
  ['active_anon', 'NR_ACTIVE_ANON'], ['inactive_anon', 'NR_INACTIVE_ANON'], ['active_file', 'NR_ACTIVE_FILE'], ['inactive_file', 'NR_INACTIVE_FILE'],
  ['unevictable', 'NR_UNEVICTABLE'], ['isolated(anon)', 'NR_ISOLATED_ANON'], ['isolated(file)', 'NR_ISOLATED_FILE'],
  ['mapped', 'NR_FILE_MAPPED'], ['dirty', 'NR_FILE_DIRTY'], ['writeback', 'NR_WRITEBACK'], ['shmem', 'NR_SHMEM'],
  ['shmem_thp', 'NR_SHMEM_THPS'], ['shmem_pmdmapped', 'NR_SHMEM_PMDMAPPED'], ['anon_thp', 'NR_ANON_THPS'],
  ['writeback_tmp', 'NR_WRITEBACK_TEMP'], ['unstable', 'NR_UNSTABLE_NFS'], ['kernel_stack', 'NR_KERNEL_STACK_KB'], ['shadow_call_stack', 'NR_KERNEL_SCS_KB'],
  ['pagetables', 'NR_PAGETABLE'], ['sec_pagetables', 'NR_SECONDARY_PAGETABLE'],
  ['Balloon', 'NR_BALLOON_PAGES'], ['gpu_active', 'NR_GPU_ACTIVE'], ['gpu_reclaim', 'NR_GPU_RECLAIM'],
];

function nodeState(kernel: Kernel, node: NodeRef, pageKB: number): NodeState {
  const counters = nodeCounters(kernel, node);
  const f = kernelFeatures(kernel);
  const printed: Readonly<Record<string, boolean>> = {
    shmem_thp: f.thp, shmem_pmdmapped: f.thp, anon_thp: f.thp, writeback_tmp: f.writebackTmp, unstable: f.unstable, kernel_stack: f.nodeKernelStack,
    shadow_call_stack: f.shadowCallStack, pagetables: f.nodePagetables, sec_pagetables: f.secPagetables,
    Balloon: f.balloonAndGpu, gpu_active: f.balloonAndGpu, gpu_reclaim: f.balloonAndGpu,
  };
  const kB = nodeItems.filter(([name]) => printed[name] !== false)
    .map(([name, item]) => [name, (counters.get(item) ?? 0) * (item.endsWith('_KB') ? 1 : pageKB * (/_(?:THPS|PMDMAPPED)$/.test(item) ? pagesInThpCount(kernel) : 1))] as const);
  return { node: node.node_id, kB: Object.fromEntries(kB), allUnreclaimable: (node.kswapd_failures ?? 0) >= MAX_RECLAIM_RETRIES };
}

/**
 * Until 5.11 the counters of huge pages count these, from 5.12 on (69473e5de873) pages. Nothing of that change has a type;
 * NR_SWAPCACHE came in the same release.
 */
function pagesInThpCount(kernel: Kernel): number {
  return kernel.enumerator('NR_SWAPCACHE') === undefined ? 512 : 1;
}

const zoneItems: readonly (readonly [string, string])[] = [
  ['active_anon', 'NR_ZONE_ACTIVE_ANON'], ['inactive_anon', 'NR_ZONE_INACTIVE_ANON'], ['active_file', 'NR_ZONE_ACTIVE_FILE'], ['inactive_file', 'NR_ZONE_INACTIVE_FILE'],
  ['unevictable', 'NR_ZONE_UNEVICTABLE'], ['writepending', 'NR_ZONE_WRITE_PENDING'], ['zspages', 'NR_ZSPAGES'], ['mlocked', 'NR_MLOCK'],
  ['kernel_stack', 'NR_KERNEL_STACK_KB'], ['pagetables', 'NR_PAGETABLE'], ['bounce', 'NR_BOUNCE'], ['free_cma', 'NR_FREE_CMA_PAGES'],
];

function zoneState(kernel: Kernel, zone: Zone, cpu: number | undefined, pageKB: number): ZoneState {
  const f = kernelFeatures(kernel);
  const printed: Readonly<Record<string, boolean>> = { zspages: f.zspages, kernel_stack: !f.nodeKernelStack, pagetables: !f.nodePagetables };
  const items = zoneItems.filter(([name]) => printed[name] !== false).map(([name, item]) => [name, (zone.counters.get(item) ?? 0) * (item.endsWith('_KB') ? 1 : pageKB)] as const);
  return {
    ...(f.numa ? { node: zone.node } : {}),
    name: zone.name,
    kB: {
      ...Object.fromEntries(items),
      free: zone.freePages * pageKB, min: zone.watermarks.min * pageKB, low: zone.watermarks.low * pageKB, high: zone.watermarks.high * pageKB,
      ...(f.boost ? { boost: (zone.boostPages ?? 0) * pageKB } : {}),
      ...(f.reservedHighatomic ? { reserved_highatomic: (zone.reservedHighatomicPages ?? 0) * pageKB } : {}),
      ...(f.freeHighatomic ? { free_highatomic: (zone.freeHighatomicPages ?? 0) * pageKB } : {}),
      present: zone.presentPages * pageKB, managed: zone.managedPages * pageKB,
      free_pcp: zone.pcpPages * pageKB, local_pcp: (cpu === undefined ? 0 : zone.pcpPagesByCpu.get(cpu) ?? 0) * pageKB,
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
  const pools = kernel.attempt('hugetlb pools', () => hugetlbPools(kernel)) ?? [];
  const filtered = kernel.symbols.addressOf('hugetlb_show_meminfo_node') === undefined ? undefined : nodes;
  const shown = (pools[0]?.nodes ?? []).map(({ node }) => node).filter((node) => filtered === undefined || filtered.includes(node));
  return shown.flatMap((node) => pools.flatMap((pool) => pool.nodes.filter((one) => one.node === node)
    .map(({ total, free, surplus }) => ({ node, total, free, surplus, sizeKB: pool.sizeKB }))));
}
