import type { Kernel } from 'oompm';
import {
  hardwareName,
  kernelTaints,
  oomCandidates,
  totalRamPages,
  slabCaches,
  uts,
  wouldChoose,
  type OomCandidate,
  type OomCandidates,
  type OomInProgress,
  type OomScope,
  type SlabCache,
} from 'oompm/linux';
import {
  amount,
  kernelReport,
  totalOf,
  type KernelIdentity,
  type OomEvent,
  type OomReport,
  type OomTask,
  type ReportFeatures,
  type SlabList,
  type Victim,
} from 'oompm/oom';

import { definedOnly } from './defined-only.js';
import { eventOf, highestZoneOf, nodesAllowed } from './event.js';
import { kernelFeatures } from './features.js';
import { machineState } from './machine.js';
import { memcgState } from './memcg.js';
import { Parts } from './parts.js';
import { usedBy } from './used-by.js';
import { listedTasks, usersOf } from './tasks.js';
import { counted } from 'oompm';

/** An event in progress, and all that its report would say, from memory. */
export interface RebuiltReport {
  readonly report: OomReport;
  readonly features: ReportFeatures;
  readonly candidates: OomCandidates;
}

/** What out_of_memory() of this kernel would have printed, and what it knows beside. */
export function rebuiltReport(kernel: Kernel, oom: OomInProgress): RebuiltReport {
  const parts = new Parts(kernel);
  const features = kernelFeatures(kernel);
  const event = parts.read('event', () => eventOf(parts, oom)) ?? unknownEvent;
  const { candidates, tasks, users } = tasksOf(parts, oom);
  const victim =
    typeof oom.chosen === 'object'
      ? candidates.list.find((one) => one.process.$address === (oom.chosen as { $address: bigint }).$address)
      : wouldChoose(candidates.list);
  const memcg = parts.read('memcg', () => memcgState(parts, oom, victim?.holder));
  const machine = machineState(parts, {
    nodes: oom.nodemask ?? nodesAllowed(kernel, oom),
    highestZone: event.gfp === undefined ? undefined : highestZoneOf(kernel, event.gfp),
    cpu: oom.cpu,
  });
  const slab = oom.memcg === undefined ? parts.read('slab', () => slabList(kernel, machine.memInfo)) : undefined;
  const selected = victim && parts.read('selected', () => selectedTask(victim, users.get(victim)));
  const report: OomReport = {
    kind: 'oom',
    source: 'memory',
    event,
    kernel: identityOf(kernel),
    pageSizeKB: kernel.memory.pageSize / 1024,
    ...definedOnly({ memcg, slab, tasks, selected }),
    ...machine,
    taskColumns: features.taskColumns,
    kills: [],
    reaped: [],
    missing: missingTasks(candidates),
    ...incompleteOf(parts),
  };
  return {
    report,
    candidates,
    features: { ...features, slabList: slab !== undefined, memcgProtection: memcg?.protectionKB !== undefined },
  };
}

/**
 * No event: what show_mem() and the task table would say at the time of the dump. Badness is measured against the
 * machine.
 * @param unsearched why it is not known whether there was one
 */
export function stateReport(kernel: Kernel, unsearched: string | undefined): RebuiltReport {
  const parts = new Parts(kernel);
  const features = kernelFeatures(kernel);
  const totalPages = parts.read(
    'event.totalPages',
    () => totalRamPages(kernel) + (kernel.hasGlobal('total_swap_pages') ? kernel.global('total_swap_pages') : 0),
  );
  const { candidates, tasks } = tasksOf(parts, { nodemask: undefined, memcg: undefined, totalPages, order: 0 });
  const machine = machineState(parts, { nodes: undefined, highestZone: undefined, cpu: undefined });
  const report: OomReport = {
    kind: 'show-mem',
    source: 'memory',
    kernel: identityOf(kernel),
    pageSizeKB: kernel.memory.pageSize / 1024,
    event: { caller: callerWithoutEvent(unsearched), ...definedOnly({ totalPages }) },
    ...machine,
    ...definedOnly({ tasks }),
    taskColumns: features.taskColumns,
    kills: [],
    reaped: [],
    missing: missingTasks(candidates),
    ...incompleteOf(parts),
  };
  return { report, candidates, features };
}

function callerWithoutEvent(unsearched: string | undefined): OomEvent['caller'] {
  return unsearched === undefined
    ? { by: 'unknown', certainty: 'certain', because: 'no task was inside out_of_memory() when the machine stopped' }
    : {
        by: 'unknown',
        certainty: 'possible',
        because: `whether a task was inside out_of_memory() when the machine stopped can't be determined: ${unsearched}`,
      };
}

const unknownEvent: OomEvent = {
  caller: { by: 'unknown', certainty: 'possible', because: "the task that asked can't be read" },
};

function tasksOf(
  parts: Parts,
  scope: OomScope,
): { candidates: OomCandidates; tasks: OomTask[] | undefined; users: ReadonlyMap<OomCandidate, number> } {
  const { kernel } = parts;
  const candidates = parts.read('tasks', () => oomCandidates(kernel, scope)) ?? { list: [], unreadable: 0 };
  const users = usersOf(kernel, candidates.list);
  const tasks = parts.read('tasks', () => listedTasks(kernel, candidates.list, users));
  return { candidates, tasks, users };
}

/** @throws ReadError */
function selectedTask({ holder, badness }: OomCandidate, uid: number | undefined): Victim | undefined {
  return holder && { pid: holder.pid, comm: holder.comm, ...definedOnly({ uid, score: badness }) };
}

function incompleteOf({ incomplete }: Parts): Pick<OomReport, 'incomplete'> {
  return Object.keys(incomplete).length === 0 ? {} : { incomplete };
}

/** The lines up to where panic_on_oom ends the report, and those that would have followed. */
export function kernelLines({ report, features }: RebuiltReport): {
  readonly lines: readonly string[];
  readonly after: readonly string[];
} {
  const { constraint: _, ...event } = report.event;
  const lines = kernelReport({ ...report, event, kills: [] }, features);
  return { lines, after: kernelReport(report, features).slice(lines.length) };
}

function missingTasks({ unreadable }: OomCandidates): string[] {
  return unreadable === 0
    ? []
    : [
        `${counted(unreadable, 'task')} that can't be read: not in the task table, and who would be chosen is not certain`,
      ];
}

function identityOf(kernel: Kernel): KernelIdentity {
  const names = kernel.attempt('init_uts_ns', () => uts(kernel));
  const hardware = kernel.attempt('dump_stack_arch_desc_str', () => hardwareName(kernel));
  const taints = kernel.attempt('tainted_mask', () => kernelTaints(kernel));
  return {
    release: kernel.release,
    architecture: kernel.architecture,
    ...(names === undefined ? {} : { build: names.version }),
    ...(hardware === undefined || hardware === '' ? {} : { hardware }),
    ...(taints === undefined ? {} : { taint: taints.map(({ letter }) => letter).join('') }),
  };
}

/** dump_unreclaimable_slab(), where should_dump_unreclaim_slab(): more slab than all user pages. */
function slabList(kernel: Kernel, info: OomReport['memInfo']): SlabList | undefined {
  const user = [
    'active_anon',
    'inactive_anon',
    'active_file',
    'inactive_file',
    'isolated_anon',
    'isolated_file',
    'unevictable',
  ];
  const [pages, unreclaimable] = [totalOf(user.map((name) => info?.[name])), amount(info?.['slab_unreclaimable'])];
  if (pages === undefined || unreclaimable === undefined || unreclaimable <= pages) return undefined;
  return {
    caches: slabCaches(kernel)
      .filter((cache) => !cache.reclaimable && cache.totalObjects > 0)
      .map(asListed),
  };
}

function asListed({ name, size, activeObjects, totalObjects }: SlabCache): SlabList['caches'][number] {
  return { name, ...usedBy(activeObjects, size), totalKB: Math.trunc((totalObjects * size) / 1024) };
}
