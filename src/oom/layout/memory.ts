import { zoneTitle, type Count, type Counters, type OomReport, type ZoneState } from '../model.js';
import type { ReportFeatures } from './features.js';
import { unknown } from './unknown.js';
import { defined } from '../../words/defined.js';

/**
 * The lines of show_mem(), in the order and words of the kernel that has these features. A value that is not known is a
 * question mark: 0 would be one.
 */
export function memoryLines(report: OomReport, features: ReportFeatures): string[] {
  return [
    'Mem-Info:',
    ...memInfoLines(report, features),
    ...(report.nodes ?? []).map((node) => {
      const yesNo = node.allUnreclaimable === true ? 'yes' : 'no';
      const after = features.balloonAndGpu ? ` ${kBCounters(node.kB, ['Balloon', 'gpu_active', 'gpu_reclaim'])}` : '';
      return `Node ${node.node} ${nodeCounters(node.kB, features)} all_unreclaimable? ${yesNo}${after}`;
    }),
    ...(report.zones ?? []).flatMap((zone) => [
      `${title(zone, features)} ${zoneCounters(zone.kB, features)}`,
      `lowmem_reserve[]: ${(zone.lowmemReservePages ?? []).join(' ')}`,
    ]),
    ...(report.freeLists ?? []).map(
      (list) =>
        `${title({ name: list.zone, ...defined({ node: list.node }) }, features)}: ${list.orders
          .map(
            ({ blocks, blockKB, types }) =>
              `${blocks}*${blockKB}kB${types === undefined || Number(blocks) === 0 ? '' : ` (${types})`}`,
          )
          .join(' ')} = ${list.totalKB ?? unknown}kB`,
    ),
    ...(report.hugepages ?? []).map(
      (pool) =>
        `Node ${pool.node} hugepages_total=${pool.total} hugepages_free=${pool.free} hugepages_surp=${pool.surplus} hugepages_size=${pool.sizeKB}kB`,
    ),
    `${report.pageCachePages ?? unknown} total pagecache pages`,
    ...swapLines(report, features),
    ...totalLines(report, features),
    ...(report.allocationSites === undefined
      ? []
      : ['Memory allocations:', ...report.allocationSites.map((site) => `${site.size} ${site.calls} ${site.site}`)]),
  ];
}

function memInfoLines({ memInfo = {} }: OomReport, features: ReportFeatures): string[] {
  const line = (names: readonly string[]): string =>
    names.map((name) => `${name}:${memInfo[name] ?? unknown}`).join(' ');
  const tables = features.secPagetables
    ? [
        ['mapped', 'shmem', 'pagetables'],
        ['sec_pagetables', 'bounce'],
      ]
    : [['mapped', 'shmem', 'pagetables', 'bounce']];
  return [
    ['active_anon', 'inactive_anon', 'isolated_anon'],
    ['active_file', 'inactive_file', 'isolated_file'],
    ['unevictable', 'dirty', 'writeback', ...(features.unstable ? ['unstable'] : [])],
    ['slab_reclaimable', 'slab_unreclaimable'],
    ...tables,
    ...(features.kernelMiscReclaimable ? [['kernel_misc_reclaimable']] : []),
    ['free', 'free_pcp', 'free_cma'],
  ].map(line);
}

function nodeCounters(kB: Counters, features: ReportFeatures): string {
  const space = features.thpSpace ? ' ' : '';
  return [
    kBCounters(kB, [
      'active_anon',
      'inactive_anon',
      'active_file',
      'inactive_file',
      'unevictable',
      'isolated(anon)',
      'isolated(file)',
      'mapped',
      'dirty',
      'writeback',
      'shmem',
    ]),
    ...(features.thp
      ? ['shmem_thp', 'shmem_pmdmapped', 'anon_thp'].map((name) => `${name}:${space}${kB[name] ?? unknown}kB`)
      : []),
    kBCounters(kB, [
      ...(features.writebackTmp ? ['writeback_tmp'] : []),
      ...(features.unstable ? ['unstable'] : []),
      ...(features.nodeKernelStack ? ['kernel_stack'] : []),
      ...(features.shadowCallStack ? ['shadow_call_stack'] : []),
      ...(features.nodePagetables ? ['pagetables'] : []),
      ...(features.secPagetables ? ['sec_pagetables'] : []),
    ]),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function zoneCounters(kB: Counters, features: ReportFeatures): string {
  const highatomic = (name: string): string => `${name}:${kB[name] ?? unknown}${features.highatomicUnit}`;
  return [
    kBCounters(kB, ['free', ...(features.boost ? ['boost'] : []), 'min', 'low', 'high']),
    ...(features.reservedHighatomic ? [highatomic('reserved_highatomic')] : []),
    ...(features.freeHighatomic ? [highatomic('free_highatomic')] : []),
    kBCounters(kB, [
      'active_anon',
      'inactive_anon',
      'active_file',
      'inactive_file',
      'unevictable',
      'writepending',
      ...(features.zspages ? ['zspages'] : []),
      'present',
      'managed',
      'mlocked',
      ...(features.nodeKernelStack ? [] : ['kernel_stack']),
      ...(features.nodePagetables ? [] : ['pagetables']),
      'bounce',
      'free_pcp',
      'local_pcp',
      'free_cma',
    ]),
  ].join(' ');
}

function swapLines({ swap = {} }: OomReport, features: ReportFeatures): string[] {
  const stats = swap.cacheStats;
  return [
    `${swap.cachePages ?? unknown} pages in swap cache`,
    ...(features.swapCacheStats && stats !== undefined
      ? [`Swap cache stats: add ${stats.add}, delete ${stats.delete}, find ${stats.findSuccess}/${stats.findTotal}`]
      : []),
    `Free swap  = ${swap.freeKB ?? unknown}kB`,
    `Total swap = ${swap.totalKB ?? unknown}kB`,
  ];
}

function totalLines({ totals = {} }: OomReport, features: ReportFeatures): string[] {
  return [
    `${totals.ram ?? unknown} pages RAM`,
    `${totals.highmem ?? unknown} pages HighMem/MovableOnly`,
    `${totals.reserved ?? unknown} pages reserved`,
    ...(features.cma ? [`${totals.cmaReserved ?? unknown} pages cma reserved`] : []),
    ...(features.hwpoison ? [`${totals.hwpoisoned ?? unknown} pages hwpoisoned`] : []),
  ];
}

function kBCounters(kB: Readonly<Record<string, Count | undefined>>, names: readonly string[]): string {
  return names.map((name) => `${name}:${kB[name] ?? unknown}kB`).join(' ');
}

function title(zone: Pick<ZoneState, 'node' | 'name'>, features: ReportFeatures): string {
  return features.numa ? zoneTitle({ name: zone.name, node: zone.node ?? 0 }) : zone.name;
}
