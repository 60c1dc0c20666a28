import type { Kernel } from 'oompm';
import { printkFormats, type FormatSought } from 'oompm/linux';
import { taskColumnsWithPgtables, type ReportFeatures } from 'oompm/oom';

/** Words by which show_mem()'s and dump_header()'s own formats are found, and who prints them in which era. */
const memInfo = ' isolated_anon:%lu';
const node = ' all_unreclaimable? %s';
const zone = ' managed:%lukB';
const tasks = ' oom_score_adj name';
const swap = 'Swap cache stats: add';
const protection = 'Memory cgroup min protection';

export const formatsSought: readonly FormatSought[] = [
  ...[memInfo, node, zone].map((word): FormatSought => ({
    word,
    printedBy: ['show_free_areas', '__show_free_areas', 'show_mem', '__show_mem'],
  })),
  { word: tasks, printedBy: ['dump_tasks', 'dump_header', 'oom_kill_process', 'out_of_memory'] },
  { word: swap, printedBy: ['show_swap_cache_info'], optional: true },
  {
    word: protection,
    printedBy: ['mem_cgroup_show_protected_memory', 'mem_cgroup_print_oom_meminfo', 'dump_header', 'out_of_memory'],
    optional: true,
  },
];

/**
 * How this kernel prints its report: by the format strings in its own read-only data, so that a distribution's changes
 * are in it; by which counters its types have, where those strings can't be read.
 */
export function kernelFeatures(kernel: Kernel): ReportFeatures {
  return kernel.once('OOM report features', () => {
    const formats = printkFormats(kernel, formatsSought);
    const has = (format: string, text: string, counter?: string, items?: string): boolean =>
      formats.get(format)?.includes(text) ??
      (counter !== undefined &&
        (items === undefined ? kernel.enumerator(counter) !== undefined : kernel.enumValues(items).has(counter)));
    return {
      numa: kernel.hasGlobal('node_data'),
      unstable: has(memInfo, 'unstable:%lu', 'NR_UNSTABLE_NFS'),
      kernelMiscReclaimable: has(memInfo, 'kernel_misc_reclaimable', 'NR_SECONDARY_PAGETABLE'),
      secPagetables: has(memInfo, 'sec_pagetables', 'NR_SECONDARY_PAGETABLE'),
      nodePagetables: has(node, ' pagetables:', 'NR_PAGETABLE', 'node_stat_item'),
      thp: has(node, ' anon_thp:', 'NR_ANON_THPS'),
      thpSpace: has(node, ' anon_thp: ', 'NR_WRITEBACK_TEMP'),
      writebackTmp: has(node, ' writeback_tmp:', 'NR_WRITEBACK_TEMP'),
      nodeKernelStack: has(node, ' kernel_stack:', 'NR_KERNEL_STACK_KB', 'node_stat_item'),
      shadowCallStack: has(node, ' shadow_call_stack:', 'NR_KERNEL_SCS_KB'),
      balloonAndGpu: has(node, ' gpu_active:', 'NR_GPU_ACTIVE'),
      boost: has(zone, ' boost:', 'NR_SECONDARY_PAGETABLE'),
      reservedHighatomic: has(zone, ' reserved_highatomic:', 'MIGRATE_HIGHATOMIC'),
      highatomicUnit: has(zone, ' reserved_highatomic:%lukB') ? 'kB' : 'KB',
      freeHighatomic: formats.get(zone)?.includes(' free_highatomic:') ?? kernel.has('zone', 'nr_free_highatomic'),
      zspages: has(zone, ' zspages:', 'NR_GPU_ACTIVE'),
      swapCacheStats: formats.has(swap),
      cma: kernel.enumerator('MIGRATE_CMA') !== undefined,
      hwpoison: kernel.hasGlobal('num_poisoned_pages'),
      memcgProtection: formats.has(protection),
      tasksTitle: true,
      taskColumns: columnsOf(formats.get(tasks)) ?? taskColumnsWithPgtables,
      slabList: false,
    };
  });
}

/** "[  pid  ]   uid  tgid total_vm …": the heading of the task table. */
function columnsOf(heading: string | undefined): readonly string[] | undefined {
  const found = heading === undefined ? null : /^\[\s*pid\s*\]\s+(.*)$/.exec(heading.trim());
  return found?.[1]?.split(/\s+/);
}
