import { Implausible } from '../../kernel/gaps.js';
import { setBits } from '../../kernel/containers/bitmap.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { MemberPath, Ref } from '../../kernel/shape.js';
import { memcgOfTask } from '../mm/memcg.js';
import { callsFunction } from './calls-function.js';
import { residentPages, rssOf, type Rss } from '../mm/rss.js';
import { isKernelThread, oomMarks } from '../sched/task-state.js';
import { processes, surveyTasks, taskLabel, threadsOf, type Task } from '../sched/tasks.js';
import { memsAllowed, type OomInProgress } from './oom-control.js';

/**
 * What limits the choice: the fields of `struct oom_control` that count; for no event in progress, the machine as a
 * whole.
 */
export type OomScope = Pick<OomInProgress, 'nodemask' | 'memcg' | 'order'> & {
  readonly task?: Task;
  /** What an oom_score_adj is measured against; undefined where it can't be read. */
  readonly totalPages: number | undefined;
};

/** A process as the OOM killer weighs it. */
export interface OomCandidate {
  readonly process: Task;
  /** The thread that still has the memory: find_lock_task_mm(); undefined where none has. */
  readonly holder: Task | undefined;
  readonly rss: Rss | undefined;
  readonly pageTableBytes: number;
  readonly oomScoreAdj: number;
  /** dump_tasks() would print it. */
  readonly listed: boolean;
  /**
   * oom_badness(), in pages; undefined where it can't be chosen, or what its oom_score_adj is measured against can't be
   * read.
   */
  readonly badness: number | undefined;
  /** Why it can't be chosen. */
  readonly passedOver: string | undefined;
}

/** Processes as the OOM killer would have weighed them. */
export interface OomCandidates {
  readonly list: readonly OomCandidate[];
  /** Tasks that are there and can't be read: whether they are candidates is not known. */
  readonly unreadable: number;
}

/**
 * Every process with what oom_evaluate_task() makes of it, in the order in which the kernel looks at them; kernel
 * threads left out.
 */
export function oomCandidates(kernel: Kernel, scope: OomScope): OomCandidates {
  const exact = sumsRss(kernel);
  const allowed = scope.task && kernel.attempt('task_struct.mems_allowed', () => memsAllowed(scope.task!));
  const list: OomCandidate[] = [];
  let unreadable = surveyTasks(kernel).unreadable.length;
  for (const process of inOrder(kernel, scope)) {
    const weighed = kernel.attempt(`badness of ${taskLabel(kernel, process)}`, () => ({
      found: isKernelThread(process) ? undefined : weigh(kernel, process, { ...scope, allowed }, exact),
    }));
    if (weighed === undefined) unreadable++;
    else if (weighed.found !== undefined) list.push(weighed.found);
  }
  return { list, unreadable };
}

/** select_bad_process(): the highest badness, the last of equal ones; undefined where nobody can be chosen. */
export function wouldChoose(
  candidates: readonly OomCandidate[],
  except: readonly OomCandidate[] = [],
): OomCandidate | undefined {
  let chosen: OomCandidate | undefined;
  for (const one of candidates) {
    if (one.badness === undefined || except.includes(one)) continue;
    if (chosen?.badness === undefined || one.badness >= chosen.badness) chosen = one;
  }
  return chosen;
}

/**
 * Whether this kernel's OOM killer adds up what each CPU holds of a process's counters (since 7.x), or goes by the
 * cheap value: by the code of dump_task().
 */
export function sumsRss(kernel: Kernel): boolean {
  return kernel.once('OOM killer sums rss', () => callsFunction(kernel, 'dump_task', '__percpu_counter_sum') === true);
}

/** The process list; for a cgroup mem_cgroup_scan_tasks()'s order: group by group, parents first. */
function inOrder(kernel: Kernel, scope: OomScope): readonly Task[] {
  const all = processes(kernel);
  if (scope.memcg === undefined) return all;
  const order = new Map(memcgsBelow(kernel, scope.memcg).map((address, place) => [address, place]));
  const placeOf = (memcg: bigint | undefined): number | undefined =>
    memcg === undefined ? undefined : order.get(memcg);
  const placed = all.map((task) => ({
    task,
    place: kernel.attempt('cgroup of a task', () => placeOf(memcgOfTask(kernel, task)?.$address)),
  }));
  return placed
    .toSorted((a, b) => (a.place === b.place ? 0 : (a.place ?? Infinity) - (b.place ?? Infinity)))
    .map(({ task }) => task);
}

/** A cgroup and all below it, parents first: for_each_mem_cgroup_tree(). */
function memcgsBelow(kernel: Kernel, top: bigint): readonly bigint[] {
  const found: bigint[] = [];
  const seen = new Set<bigint>();
  const pending = [top];
  while (pending.length > 0) {
    const address = pending.pop()!;
    kernel.guard.step();
    if (seen.has(address)) continue;
    seen.add(address);
    found.push(address);
    const children = kernel.attempt(
      'children of a memory cgroup',
      () => kernel.ref('mem_cgroup', address).css.children,
    );
    if (children === undefined) continue;
    const below = [...kernel.list(children, 'cgroup_subsys_state', 'sibling')];
    pending.push(...below.toReversed().map((css) => kernel.containerOf('mem_cgroup', css.$address, 'css').$address));
  }
  return found;
}

/** The scope, with the nodes that the asking task may use; undefined where nobody asks or it can't be read. */
type Weighing = OomScope & { readonly allowed: readonly number[] | undefined };

/** @throws ReadError, ShapeError */
function weigh(kernel: Kernel, process: Task, scope: Weighing, exact: boolean): OomCandidate {
  const holder = threadWithMemory(kernel, process);
  const mm = holder?.mm ?? undefined;
  const rss = mm && rssOf(kernel, mm);
  // Without memory there are no page tables, and who has left its signal_struct is gone.
  const pageTableBytes = mm === undefined ? 0 : mm.pgtables_bytes;
  const oomScoreAdj = process.signal === null ? 0 : process.signal.oom_score_adj;
  const outside = outsideOf(kernel, process, scope);
  const passedOver =
    outside ?? (process.tgid === 1 ? 'it is init' : whyNot(kernel, process, holder, oomScoreAdj, scope));
  const counted = rss && (exact ? rss.exact : rss.approximate);
  if (rss !== undefined && counted === undefined)
    throw new Implausible("what CPUs have of its rss can't be read", process.$address);
  const adjustment = adjustmentPages(oomScoreAdj, scope.totalPages);
  const points = (): number | undefined => {
    if (counted === undefined) return 0;
    if (adjustment === undefined) return undefined;
    return residentPages(counted) + counted.swap + Math.trunc(pageTableBytes / kernel.memory.pageSize) + adjustment;
  };
  return {
    process,
    holder,
    rss,
    pageTableBytes,
    oomScoreAdj,
    passedOver,
    listed: outside === undefined && process.tgid !== 1 && mm !== undefined,
    badness: passedOver === undefined ? points() : undefined,
  };
}

/** What oom_score_adj adds to badness, in pages: thousandths of all; undefined where that is not known. */
function adjustmentPages(oomScoreAdj: number, totalPages: number | undefined): number | undefined {
  if (oomScoreAdj === 0) return 0;
  return totalPages === undefined ? undefined : oomScoreAdj * Math.trunc(totalPages / 1000);
}

/** find_lock_task_mm(): the process, or one of its threads that has not left its mm yet. */
function threadWithMemory(kernel: Kernel, process: Task): Task | undefined {
  if (process.mm !== null) return process;
  for (const thread of threadsOf(kernel, process)) if (thread.mm !== null) return thread;
  return undefined;
}

/** In the order of oom_evaluate_task() and oom_badness(). */
function whyNot(
  kernel: Kernel,
  process: Task,
  holder: Task | undefined,
  adj: number,
  scope: OomScope,
): string | undefined {
  const marks = oomMarks(kernel, process);
  if (marks.marked && scope.order !== -1)
    return marks.skipped
      ? 'it was killed before, and its memory is reaped'
      : 'it was killed before and is still dying: no other is chosen meanwhile';
  if (holder === undefined) return 'it has no memory any more';
  if (adj === -1000) return 'its oom_score_adj is -1000';
  if (oomMarks(kernel, holder).skipped) return "its memory is reaped already, or can't be (MMF_OOM_SKIP)";
  if (inVfork(holder)) return "it is in the middle of vfork() and still uses its parent's memory";
  return undefined;
}

function inVfork(task: Task): boolean {
  return task.vfork_done !== 0n && task.real_parent?.mm?.$address === task.mm?.$address;
}

/** Why its memory is none of what ran out; undefined where it is. */
function outsideOf(kernel: Kernel, process: Task, scope: Weighing): string | undefined {
  if (scope.memcg !== undefined) {
    const below = kernel.once(
      `memory cgroups below 0x${scope.memcg.toString(16)}`,
      () => new Set(memcgsBelow(kernel, scope.memcg!)),
    );
    const own = memcgOfTask(kernel, process)?.$address;
    return own !== undefined && below.has(own) ? undefined : 'it is not in the cgroup';
  }
  const { nodemask, allowed } = scope;
  if (nodemask === undefined && allowed === undefined) return undefined;
  // oom_cpuset_eligible(): one thread that may use the nodes is enough.
  const threads = [...threadsOf(kernel, process)];
  const one = threads.length === 0 ? [process] : threads;
  if (nodemask !== undefined) {
    return one.some((thread) => policyReaches(kernel, thread, nodemask))
      ? undefined
      : `its memory policy keeps it off node ${nodemask.join(', ')}`;
  }
  return one.some((thread) => memsAllowed(thread).some((node) => allowed!.includes(node)))
    ? undefined
    : `its cpuset keeps it off node ${allowed!.join(', ')}`;
}

/** MPOL_BIND, include/uapi/linux/mempolicy.h. */
const MPOL_BIND = 2;

/** mempolicy_in_oom_domain(): only "bind" keeps a task off other nodes. */
function policyReaches(kernel: Kernel, task: Task, nodemask: readonly number[]): boolean {
  const { mempolicy } = task;
  if (mempolicy === undefined || mempolicy === null) return true;
  const at = (member: MemberPath<'mempolicy'>): bigint =>
    mempolicy.$address + BigInt(kernel.offsetOf('mempolicy', member));
  if (kernel.memory.u16(at('mode')) !== MPOL_BIND) return true;
  // In a union before 5.14 (269fbe72cded).
  const nodes: Ref<'nodemask_t'> = kernel.ref('nodemask_t', at(kernel.has('mempolicy', 'nodes') ? 'nodes' : 'v.nodes'));
  return [...setBits(nodes.bits)].some((node) => nodemask.includes(node));
}
