import type { OomReport } from '../model.js';

/**
 * How a kernel prints its report, by what was added, moved or dropped; never by version numbers, distributions
 * backport. The oom plugin derives it from the kernel's own types and symbols, `featuresOf` from a report that was
 * printed.
 */
export interface ReportFeatures {
  /** CONFIG_NUMA: "Node 0 " before zones. */
  readonly numa: boolean;
  /** Until 5.8: "unstable" in Mem-Info and the node line. */
  readonly unstable: boolean;
  /** Since 5.12: kernel_misc_reclaimable (4.20 for the counter) is printed. */
  readonly kernelMiscReclaimable: boolean;
  /** Since 6.1: sec_pagetables in Mem-Info and the node line. */
  readonly secPagetables: boolean;
  /** Since 5.11: page tables are counted by node, not by zone. */
  readonly nodePagetables: boolean;
  /** CONFIG_TRANSPARENT_HUGEPAGE */
  readonly thp: boolean;
  /** Until 6.1: "shmem_thp: 0kB", with a space. */
  readonly thpSpace: boolean;
  /** Dropped in 7.x. */
  readonly writebackTmp: boolean;
  /** Since 5.10: kernel stacks by node; by zone before. */
  readonly nodeKernelStack: boolean;
  readonly shadowCallStack: boolean;
  /** 7.x: after all_unreclaimable. */
  readonly balloonAndGpu: boolean;
  /** Since 5.14. */
  readonly boost: boolean;
  /** Since 4.20, as KB until 7.2. */
  readonly reservedHighatomic: boolean;
  readonly highatomicUnit: 'KB' | 'kB';
  /** Since 6.13. */
  readonly freeHighatomic: boolean;
  /** 7.x */
  readonly zspages: boolean;
  /** Until 6.x: the swap cache's statistics. */
  readonly swapCacheStats: boolean;
  /** CONFIG_CMA, CONFIG_MEMORY_FAILURE */
  readonly cma: boolean;
  readonly hwpoison: boolean;
  /** 7.1: "Memory cgroup min protection". */
  readonly memcgProtection: boolean;
  /** "Tasks state (memory values in pages):", since 4.19. */
  readonly tasksTitle: boolean;
  /** The table's columns after the pid. */
  readonly taskColumns: readonly string[];
  /** "Unreclaimable slab info:" table, where this report has one. */
  readonly slabList: boolean;
}

/** The columns by era: 4.15 to 6.7, and since 6.8. */
export const taskColumnsWithPgtables = [
  'uid',
  'tgid',
  'total_vm',
  'rss',
  'pgtables_bytes',
  'swapents',
  'oom_score_adj',
  'name',
] as const;
/** dump_tasks() since 6.8: rss by anonymous, file and shared memory. */
export const taskColumnsWithRssSplit = [
  'uid',
  'tgid',
  'total_vm',
  'rss',
  'rss_anon',
  'rss_file',
  'rss_shmem',
  'pgtables_bytes',
  'swapents',
  'oom_score_adj',
  'name',
] as const;

/** What the kernel that printed this report has. Only as good as the report is whole. */
export function featuresOf(report: OomReport, printed: readonly string[] = []): ReportFeatures {
  const node = report.nodes?.[0]?.kB ?? {};
  const zone = report.zones?.[0]?.kB ?? {};
  const info = report.memInfo ?? {};
  const split =
    report.tasks?.some((task) => task.rssAnon !== undefined) === true ||
    report.taskColumns?.includes('rss_anon') === true;
  return {
    numa: report.zones?.[0]?.node !== undefined,
    unstable: info['unstable'] !== undefined,
    kernelMiscReclaimable: info['kernel_misc_reclaimable'] !== undefined,
    secPagetables: info['sec_pagetables'] !== undefined,
    nodePagetables: node['pagetables'] !== undefined,
    thp: node['anon_thp'] !== undefined,
    thpSpace: printed.some((line) => line.includes('shmem_thp: ')),
    writebackTmp: node['writeback_tmp'] !== undefined,
    nodeKernelStack: node['kernel_stack'] !== undefined,
    shadowCallStack: node['shadow_call_stack'] !== undefined,
    balloonAndGpu: node['gpu_active'] !== undefined,
    boost: zone['boost'] !== undefined,
    reservedHighatomic: zone['reserved_highatomic'] !== undefined,
    highatomicUnit: printed.some((line) => /reserved_highatomic:\d+kB/.test(line)) ? 'kB' : 'KB',
    freeHighatomic: zone['free_highatomic'] !== undefined,
    zspages: zone['zspages'] !== undefined,
    swapCacheStats: report.swap?.cacheStats !== undefined,
    cma: report.totals?.cmaReserved !== undefined,
    hwpoison: report.totals?.hwpoisoned !== undefined,
    memcgProtection: report.memcg?.protectionKB !== undefined,
    tasksTitle: true,
    taskColumns: report.taskColumns ?? (split ? taskColumnsWithRssSplit : taskColumnsWithPgtables),
    slabList: report.slab !== undefined,
  };
}
