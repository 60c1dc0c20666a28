import { defined } from '../../words/defined.js';
import type { Certainty } from '../../words/certainty.js';
import type {
  Count,
  KernelIdentity,
  Memcg,
  OomCaller,
  OomEvent,
  OomReport,
  ReportKind,
  SwapState,
  Totals,
} from '../model.js';
import { withNames } from '../gfp.js';
import { architectureOf } from './architecture.js';
import type { Draft } from './draft.js';

/** The model out of a draft: what was read, and in words what was not. */
export function reportOf(draft: Draft): OomReport {
  const kernel = kernelOf(draft);
  const kind = kindOfReport(draft);
  const event = eventOf(draft, kernel);
  const memcg = memcgOf(draft);
  const swap = swapOf(draft);
  const totals = totalsOf(draft.totals);
  const pageSizeKB = draft.freeLists.find((list) => list.orders[0] !== undefined)?.orders[0]?.blockKB;
  return {
    kind,
    source: 'log',
    event,
    kernel,
    ...defined({
      pageSizeKB,
      memcg,
      memInfo: fromMap(draft.memInfo),
      nodes: someOf(draft.nodes),
      zones: someOf(draft.zones),
      freeLists: someOf(draft.freeLists),
      hugepages: someOf(draft.hugepages),
      pageCachePages: draft.pageCachePages,
      swap,
      totals,
      slab: slabOf(draft),
      allocationSites: draft.allocationSites,
      tasks: draft.tasks,
      taskColumns: draft.columns,
      selected: draft.selected,
    }),
    kills: draft.kills,
    reaped: draft.reaped,
    ...defined({
      groupKill: draft.groupKill,
      panic: draft.panic,
      trace: someOf(draft.trace),
      registers: someOf(draft.registers),
    }),
    missing: missingFrom(draft, kind),
    lines: { first: draft.firstLine, last: draft.lastLine },
  };
}

function slabOf({ slab, slabUnavailable }: Draft): OomReport['slab'] {
  if (slab === undefined && slabUnavailable === undefined) return undefined;
  return { caches: slab ?? [], ...defined({ unavailable: slabUnavailable }) };
}

function eventOf(draft: Draft, kernel: KernelIdentity): OomEvent {
  const gfp =
    draft.gfpMask === undefined
      ? undefined
      : withNames(
          {
            mask: draft.gfpMask,
            ...(draft.gfpNames === undefined ? {} : { names: draft.gfpNames, namesFrom: 'text' as const }),
          },
          kernel,
        );
  return {
    ...defined({
      comm: draft.comm,
      pid: draft.pid,
      uid: draft.uid,
      cpu: draft.cpu,
      time: draft.time ?? draft.kills[0]?.time ?? draft.reaped[0]?.time,
      gfp,
      order: draft.order,
      oomScoreAdj: draft.oomScoreAdj,
      oomAdj: draft.oomAdj,
    }),
    caller: callerOf(draft),
    ...defined({
      constraint: draft.constraint,
      nodemask: draft.nodemask,
      cpuset: draft.cpuset,
      memsAllowed: draft.memsAllowed,
      failure: draft.failure,
    }),
  };
}

/** Functions whose frame tells who called out_of_memory(); the first that is found counts. */
const callers: readonly [RegExp, OomCaller][] = [
  [/\bmoom_callback\b/, 'sysrq'],
  [
    /\bmem_cgroup_out_of_memory\b|\bmem_cgroup_oom\b|\btry_charge(?:_memcg)?\b|\bmem_cgroup_handle_over_high\b/,
    'memcg charge',
  ],
  [/\bpagefault_out_of_memory\b|\bmm_fault_error\b/, 'page fault'],
  [/\bbpf_handle_oom\b|\bbpf_out_of_memory\b/, 'bpf'],
  [/\b__alloc_pages|\balloc_pages|\bget_page_from_freelist\b|\bwarn_alloc\b/, 'page allocation'],
];

function callerOf(draft: Draft): { by: OomCaller; certainty: Certainty; because: string } {
  const sure = draft.trace.filter((line) => !line.includes('? '));
  for (const [pattern, by] of callers) {
    const line = sure.find((one) => pattern.test(one));
    if (line !== undefined) return { by, certainty: 'certain', because: `${pattern.exec(line)![0]} is in the trace` };
  }
  if (draft.order === -1) return { by: 'sysrq', certainty: 'certain', because: 'order is -1' };
  if (draft.byHand) return { by: 'sysrq', certainty: 'certain', because: 'the log says "Manual OOM execution"' };
  if (draft.trigger === 'allocation-failure')
    return { by: 'page allocation', certainty: 'certain', because: 'warn_alloc() printed it' };
  const memcgKill = draft.kills.some((kill) => kill.message?.startsWith('Memory cgroup') === true);
  if (draft.memcgCounters.length > 0 || draft.memcgPath !== undefined || memcgKill) {
    return { by: 'memcg charge', certainty: 'likely', because: 'the report is of a memory cgroup' };
  }
  if (draft.sawMemInfo || draft.constraint !== undefined || draft.slab !== undefined)
    return { by: 'page allocation', certainty: 'likely', because: 'the report is of the whole machine' };
  return { by: 'unknown', certainty: 'possible', because: 'neither a trace nor a constraint is in the text' };
}

function kindOfReport(draft: Draft): ReportKind {
  if (draft.trigger !== undefined) return draft.trigger;
  if (
    draft.constraint !== undefined ||
    draft.selected !== undefined ||
    draft.kills.length > 0 ||
    draft.reaped.length > 0 ||
    draft.panic !== undefined
  )
    return 'oom';
  if (draft.trace.some((line) => line.includes('warn_alloc'))) return 'allocation-failure';
  if (
    draft.tasks !== undefined ||
    draft.memcgCounters.length > 0 ||
    draft.trace.some((line) => /\bout_of_memory|\bdump_header/.test(line))
  )
    return 'oom';
  return 'show-mem';
}

function kernelOf(draft: Draft): KernelIdentity {
  return {
    ...defined({
      release: draft.release,
      build: draft.build,
      hardware: draft.hardware,
      taint: draft.taint,
      host: draft.host,
      architecture: architectureOf(draft.release, [...draft.trace, ...draft.registers], draft.hardware),
    }),
  };
}

function memcgOf(draft: Draft): Memcg | undefined {
  if (
    draft.memcgPath === undefined &&
    draft.memcgCounters.length === 0 &&
    draft.stat === undefined &&
    draft.protectionKB === undefined &&
    draft.taskMemcgPath === undefined
  )
    return undefined;
  return {
    ...defined({ path: draft.memcgPath, taskPath: draft.taskMemcgPath }),
    counters: draft.memcgCounters,
    ...defined({
      stat: fromMap(draft.stat),
      statUnit: draft.statUnit,
      statPath: draft.statPath,
      protectionKB: draft.protectionKB,
    }),
  };
}

function swapOf(draft: Draft): SwapState | undefined {
  const swap: SwapState = {
    ...defined({
      cachePages: draft.swapCachePages,
      cacheStats: draft.swapCacheStats,
      freeKB: draft.freeSwapKB,
      totalKB: draft.totalSwapKB,
    }),
  };
  return Object.keys(swap).length === 0 ? undefined : swap;
}

const totalNames: Readonly<Record<string, keyof Omit<Totals, 'others'>>> = {
  RAM: 'ram',
  HighMem: 'highmem',
  'HighMem/MovableOnly': 'highmem',
  HIGHMEM: 'highmem',
  reserved: 'reserved',
  'cma reserved': 'cmaReserved',
  hwpoisoned: 'hwpoisoned',
};

function totalsOf(printed: ReadonlyMap<string, Count> | undefined): Totals | undefined {
  if (printed === undefined) return undefined;
  const known: Partial<Record<keyof Omit<Totals, 'others'>, Count>> = {};
  const others: Record<string, Count> = {};
  for (const [name, pages] of printed) {
    const key = totalNames[name];
    if (key === undefined) others[name] = pages;
    else known[key] = pages;
  }
  return { ...known, ...(Object.keys(others).length === 0 ? {} : { others }) };
}

function missingFrom(draft: Draft, kind: ReportKind): string[] {
  const missing: string[] = [];
  if (draft.trigger === undefined && kind !== 'show-mem')
    missing.push('who asked for memory: the text has no line that opens the report');
  if (draft.trigger !== undefined && draft.gfpMask === undefined)
    missing.push('the gfp mask: the opening line is truncated');
  if (draft.trigger !== undefined && draft.order === undefined)
    missing.push('the order of the request: the opening line is truncated');
  const ofMemcg =
    draft.memcgCounters.length > 0 || draft.memcgPath !== undefined || callerOf(draft).by === 'memcg charge';
  if (ofMemcg && draft.memcgCounters.length === 0) missing.push("the cgroup's usage and limit");
  if (!ofMemcg && draft.zones.length === 0) missing.push('the zones: why the request failed cannot be computed');
  if (!ofMemcg && draft.memInfo === undefined) missing.push("the machine's counters (Mem-Info)");
  if (!ofMemcg && draft.zones.length > 0 && draft.totals?.get('RAM') === undefined) missing.push('the total of RAM');
  if (kind === 'oom') {
    if (draft.tasks === undefined) missing.push('the task table');
    if (draft.kills.length === 0 && draft.panic === undefined) missing.push('a kill line: who was killed, if anyone');
  }
  if (draft.overflow !== undefined) missing.push(draft.overflow);
  return missing;
}

function fromMap(map: ReadonlyMap<string, Count> | undefined): Record<string, Count> | undefined {
  // No prototype: a counter may be named as anything.
  return map === undefined
    ? undefined
    : Object.assign(Object.create(null) as Record<string, Count>, Object.fromEntries(map));
}

function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
