/**
 * The OOM report as plain data. Two ways in: `parse/` fills it from log text, the `oom` plugin from a dump's memory.
 * Verdicts and the kernel's own layout read only this.
 *
 * Every part is optional. What a source could not give is absent, and `missing` says so in words: absent never means 0.
 * Numbers keep the unit that the kernel counts or prints in, and the name says which.
 */

import type { Certainty } from '../words/certainty.js';
import type {
  AllocationSite,
  Count,
  Counters,
  FreeList,
  HugepagePool,
  MemInfoCounter,
  NodeState,
  SlabCache,
  SlabList,
  SwapState,
  Totals,
  ZoneState,
} from './memory-state.js';

export type * from './memory-state.js';

/** What made the kernel print a report. */
export type ReportKind =
  /** `out_of_memory()` ran, or its kill line stands there. */
  | 'oom'
  /** `warn_alloc()`: a request failed and nothing was killed. */
  | 'allocation-failure'
  /** The state alone: sysrq-m, or a text that holds nothing that tells why it was printed. */
  | 'show-mem';

/** How far a conclusion can be relied on; docs/report.md. */
/**
 * An OOM report, from a log or out of memory: what the kernel prints, as data. Absent is what the source does not
 * have.
 */
export interface OomReport {
  readonly kind: ReportKind;
  readonly source: 'log' | 'memory';
  readonly event: OomEvent;
  readonly kernel: KernelIdentity;
  /** Bytes in a page / 1024; from the free lists' first column, or the dump. */
  readonly pageSizeKB?: number;
  readonly memcg?: Memcg;
  /** The `Mem-Info:` lines, in pages. */
  readonly memInfo?: Counters<MemInfoCounter>;
  readonly nodes?: readonly NodeState[];
  readonly zones?: readonly ZoneState[];
  readonly freeLists?: readonly FreeList[];
  readonly hugepages?: readonly HugepagePool[];
  readonly pageCachePages?: Count;
  readonly swap?: SwapState;
  readonly totals?: Totals;
  readonly slab?: SlabList;
  /** The ten largest code sites, where CONFIG_MEM_ALLOC_PROFILING counts them. */
  readonly allocationSites?: readonly AllocationSite[];
  readonly tasks?: readonly OomTask[];
  /** The columns that the task table has, by the kernel's own heading; tells an absent column from a zero. */
  readonly taskColumns?: readonly string[];
  /** Named as the one to kill: by "Kill process … or sacrifice child", or by the constraint line. */
  readonly selected?: Victim;
  readonly kills: readonly Kill[];
  readonly reaped: readonly Reaped[];
  /** memory.oom.group: the cgroup whose tasks are all killed. */
  readonly groupKill?: string;
  /** The panic that ended it: "Out of memory: compulsory panic_on_oom is enabled". */
  readonly panic?: string;
  readonly trace?: readonly string[];
  readonly registers?: readonly string[];
  /** What no log holds: filled from a dump only. */
  readonly beyond?: BeyondTheLog;
  /** What this source should have had and has not, in words. */
  readonly missing: readonly string[];
  /**
   * Parts of which not all could be read, with what was met first. What rests on one of them is less sure; 'all': on
   * whichever.
   */
  readonly incomplete?: Incomplete;
  /** Where in the text: 1-based lines. */
  readonly lines?: { readonly first: number; readonly last: number };
}

/** A part of a report, by the path to it: "zones", "event.gfp". */
export type ReportPart =
  | 'all'
  | Exclude<keyof OomReport, 'incomplete' | 'missing' | 'beyond'>
  | `beyond.${keyof BeyondTheLog}`
  | `event.${keyof OomEvent}`
  | `memcg.${keyof Memcg}`;
/** Parts that could not be read in full, each with the first reason. */
export type Incomplete = Readonly<Partial<Record<ReportPart, string>>>;

/** The request that failed, and who made it: dump_header(). */
export interface OomEvent {
  /** The task that asked for memory. */
  readonly comm?: string;
  readonly pid?: number;
  readonly uid?: number;
  readonly cpu?: number;
  /** As printed, without brackets: seconds since boot ("130.772276") or the wall clock. */
  readonly time?: string;
  readonly gfp?: Gfp;
  /** 2^order pages were asked for; -1 is sysrq-f. */
  readonly order?: number;
  readonly oomScoreAdj?: number;
  /** Until 3.x beside oom_score_adj. */
  readonly oomAdj?: number;
  readonly caller: { readonly by: OomCaller; readonly certainty: Certainty; readonly because: string };
  readonly constraint?: string;
  /** "(null)" is no nodemask: every node. */
  readonly nodemask?: string;
  readonly cpuset?: string;
  readonly memsAllowed?: string;
  /** A line of its own before warn_alloc's: "vmalloc: allocation failure: 17178820608 bytes". */
  readonly failure?: string;
  /** sum of RAM (and swap) that badness is measured against, in pages: `oc->totalpages`. */
  readonly totalPages?: number;
}

/** Who called `out_of_memory()`. */
export type OomCaller = 'page allocation' | 'memcg charge' | 'sysrq' | 'page fault' | 'bpf' | 'unknown';

/** The flags of an allocation, include/linux/gfp_types.h. */
export interface Gfp {
  readonly mask: number;
  /** The flags' names in the order printed; absent where neither the text nor a table gives them. */
  readonly names?: readonly string[];
  /**
   * text: printed beside the mask. kernel: by the table in the dump. release: by the release's own layout, likely only.
   */
  readonly namesFrom?: 'text' | 'kernel' | 'release';
}

/** The machine and kernel, as "CPU: … Comm: … Tainted: …" and the line below it tell. */
export interface KernelIdentity {
  /** The machine's name, where the log's lines bear it. */
  readonly host?: string;
  readonly release?: string;
  /** What follows the release: "#1 Debian 6.1.176-1". */
  readonly build?: string;
  readonly architecture?: string;
  readonly hardware?: string;
  /** "G        W", or "" where it says "Not tainted". */
  readonly taint?: string;
}

/** The memory cgroup whose limit was hit: mem_cgroup_print_oom_meminfo(). */
export interface Memcg {
  /** `oom_memcg`: the group whose limit was hit. */
  readonly path?: string;
  /** The group of the victim. */
  readonly taskPath?: string;
  /** By the kernel's own name for the counter: memory, swap, memory+swap, kmem. */
  readonly counters: readonly MemcgCounter[];
  /**
   * memory.stat, bytes and events as the group keeps them, or kB where the kernel printed "cache:80KB" (v1, until 5.2).
   */
  readonly stat?: Counters;
  readonly statUnit?: 'bytes' | 'kB';
  /** The group that `stat` is of: it can be that of a descendant (v1). */
  readonly statPath?: string;
  /** 7.1+: "Memory cgroup min protection 0kB -- low protection 0kB". */
  readonly protectionKB?: { readonly min: Count; readonly low: Count };
}

/** Usage and limit of a cgroup’s memory, memory+swap or kmem. */
export interface MemcgCounter {
  readonly name: string;
  readonly usageKB: Count;
  /** null: no limit. */
  readonly limitKB: Count | null;
  /** The limit as it was printed, for the kernel's own layout. */
  readonly limitPrintedKB?: Count;
  readonly failures: Count;
}

/** What a cgroup's counter says; undefined where the report has no such line. */
export function memcgCounter(
  memcg: Memcg | undefined,
  name: 'memory' | 'swap' | 'memory+swap' | 'kmem',
): MemcgCounter | undefined {
  return memcg?.counters.find((counter) => counter.name === name);
}

/** A row of dump_tasks(). */
export interface OomTask {
  readonly pid: number;
  /** absent: the task's credentials can't be read. */
  readonly uid?: number;
  readonly tgid: number;
  readonly name: string;
  /** Pages. */
  readonly totalVm: Count;
  readonly rss: Count;
  readonly rssAnon?: Count;
  readonly rssFile?: Count;
  readonly rssShmem?: Count;
  readonly pgtablesBytes?: Count;
  /** Until 4.15: pages of page tables. */
  readonly nrPtes?: Count;
  readonly nrPmds?: Count;
  readonly nrPuds?: Count;
  readonly swapents?: Count;
  readonly oomScoreAdj: number;
  /** Columns that only old or vendor kernels have: cpu, oom_adj, "(01)nrss". */
  readonly others?: Counters;
  /** Where the printed values are approximate (6.2 to 6.12), the true ones; from memory only. */
  readonly exact?: {
    readonly rss: Count;
    readonly rssAnon?: Count;
    readonly rssFile?: Count;
    readonly rssShmem?: Count;
  };
  /** `oom_badness()`; from memory exact, from a log reckoned by `badness.ts`. */
  readonly badness?: number;
  /** Why it can't be chosen: "init", "oom_score_adj is -1000", "already reaped". */
  readonly notEligible?: string;
}

/** The task that was chosen, before anything was killed. */
export interface Victim {
  readonly pid?: number;
  readonly comm?: string;
  readonly uid?: number;
  readonly score?: number;
}

/** "Killed process …": __oom_kill_process(). */
export interface Kill {
  readonly pid: number;
  readonly comm?: string;
  readonly uid?: number;
  /** What stands before "Killed process": "Out of memory", "Memory cgroup out of memory". */
  readonly message?: string;
  readonly totalVmKB?: Count;
  readonly anonRssKB?: Count;
  readonly fileRssKB?: Count;
  readonly shmemRssKB?: Count;
  readonly pgtablesKB?: Count;
  readonly oomScoreAdj?: number;
  readonly time?: string;
}

/** "oom_reaper: reaped process …": oom_reap_task_mm(). */
export interface Reaped {
  readonly pid: number;
  readonly comm?: string;
  /** false: "unable to reap". */
  readonly done: boolean;
  readonly anonRssKB?: Count;
  readonly fileRssKB?: Count;
  readonly shmemRssKB?: Count;
  readonly time?: string;
}

/** Counters that only a dump's memory gives. Absent where the reader could not have them. */
export interface BeyondTheLog {
  /** Pages of per-CPU chunks, vmalloc, kernel stacks (kB), page tables in all. */
  readonly percpuPages?: number;
  readonly vmallocPages?: number;
  readonly kernelStackKB?: number;
  readonly pagetablePages?: number;
  /** hugetlb pools over all nodes. */
  readonly hugetlb?: readonly {
    readonly sizeKB: number;
    readonly total: number;
    readonly free: number;
    readonly reserved: number;
    readonly surplus: number;
  }[];
  readonly zram?: readonly {
    readonly name: string;
    readonly poolPages: number;
    readonly originalBytes: number;
    readonly compressedBytes: number;
  }[];
  readonly tmpfs?: readonly TmpfsState[];
  readonly pipes?: {
    readonly count: number;
    readonly pages: number;
    readonly holders?: readonly { readonly comm: string; readonly pid: number; readonly pages: number }[];
  };
  /** Caches by size, with who is known to own them: a module, a subsystem. Reclaimable ones too. */
  readonly slabCaches?: readonly (SlabCache & { readonly reclaimable: boolean; readonly owner?: string })[];
  readonly sockets?: { readonly pages: number };
  readonly bufferPages?: number;
  readonly swappiness?: number;
  /** vm.panic_on_oom, vm.overcommit_memory and so on, by name. */
  readonly sysctls?: Readonly<Record<string, number>>;
  /** Free pages of nodes that the request could not use (cpuset, policy): they are not in the kernel's own report. */
  readonly otherNodes?: readonly { readonly node: number; readonly freePages: number; readonly managedPages: number }[];
  /** Who has memory locked (mm->locked_vm), the most first. */
  readonly locked?: readonly { readonly comm: string; readonly pid: number; readonly pages: number }[];
  /** Who has pages pinned for drivers or io_uring (mm->pinned_vm), the most first: they need not be mapped. */
  readonly pinned?: readonly { readonly comm: string; readonly pid: number; readonly pages: number }[];
  /** Processes that the OOM killer killed and that are still there, at the time of the dump. */
  readonly victims?: readonly VictimState[];
  /** oom_reaper_list: whose memory the reaper is still to take. */
  readonly reaperQueue?: readonly Victim[];
  /** Processes that the table leaves out, and why; kernel threads are not among them. */
  readonly passedOver?: readonly {
    readonly pid: number;
    readonly comm: string;
    readonly rssPages: number;
    readonly because: string;
  }[];
  /** Which member of `oom_control` or which walk gave what, for `--evidence`. */
  readonly provenance?: Readonly<Record<string, string>>;
}

/** A tmpfs that holds memory. */
export interface TmpfsState {
  readonly mount: string;
  /** Mounted nowhere: memfds, SysV segments and shared anonymous mappings lie in it. */
  readonly internal?: boolean;
  readonly usedPages: number;
  readonly limitPages: number | null;
  readonly largest?: readonly ShmemFile[];
}

/** A file in a tmpfs, by what it takes. */
export interface ShmemFile {
  readonly path: string;
  readonly bytes: number;
  /** No name leads to it any more, or ever did; it goes with the last that has it open or mapped. */
  readonly unlinked?: boolean;
  /** Who has it open, as far as file tables tell; looked for of unlinked files only. */
  readonly holders?: readonly { readonly comm: string; readonly pid: number }[];
}

/** A killed process that has not gone. */
export interface VictimState {
  readonly pid: number;
  readonly comm: string;
  /** From its line in the log to the end of the machine; absent where the log no longer has that line. */
  readonly killedNs?: number;
  /** MMF_OOM_SKIP: its memory was reaped, or the reaper gave up on it. */
  readonly reaped: boolean;
  /** It waits for the reaper. */
  readonly queued: boolean;
  /** TIF_MEMDIE: one of its threads may use the reserves. */
  readonly mayUseReserves?: boolean;
  /** Pages that its memory still has; absent: they can't be read. */
  readonly heldPages?: number;
  /** It has exited, and stays in the list of tasks until its parent waits for it. */
  readonly zombieOf?: { readonly pid: number; readonly comm: string };
  /**
   * Threads that keep it from going, with where they are in the kernel, innermost function first; "? name" was found by
   * scanning, as in the kernel's own traces.
   */
  readonly threads: readonly {
    readonly pid: number;
    readonly comm: string;
    readonly state: string;
    readonly exiting: boolean;
    /** For how long it had not run when the machine ended; absent for one that runs, and where nothing tells. */
    readonly asleepNs?: number;
    readonly where: readonly string[];
  }[];
}

/**
 * A count as a double: for shares and comparisons, where a rounding beyond 2^53 does not matter. A counter that fell
 * below zero and was printed unsigned is what it was: negative.
 */
export function amount(count: Count): number;
export function amount(count: Count | undefined): number | undefined;
export function amount(count: Count | undefined): number | undefined {
  if (typeof count !== 'bigint') return count;
  return Number(count >= 1n << 62n ? BigInt.asIntN(64, count) : count);
}

/** What all add up to, as a double; undefined where one of them is not given: that is no 0. */
export function totalOf(counts: readonly (Count | undefined)[]): number | undefined {
  return counts.includes(undefined) ? undefined : counts.reduce<number>((sum, count) => sum + amount(count!), 0);
}

/** Of what not every kernel counts, or prints: one that does not has none of it. */
export function ifCounted(count: Count | undefined): number {
  return count === undefined ? 0 : amount(count);
}

/** "Node 0 Normal", as the kernel names a zone. */
export function zoneTitle(zone: { readonly node?: number; readonly name: string }): string {
  return zone.node === undefined ? zone.name : `Node ${zone.node} ${zone.name}`;
}

/** The zone’s free pages by order; undefined where the report has none. */
export function freeListOf(report: OomReport, zone: ZoneState): FreeList | undefined {
  return report.freeLists?.find((list) => list.zone === zone.name && list.node === zone.node);
}

/** What a page takes; 4 kB where the report does not tell. */
export function pageKB(report: OomReport): number {
  return report.pageSizeKB ?? 4;
}
