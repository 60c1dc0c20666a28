import { setBits } from '../../kernel/containers/bitmap.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { cpuRegisters } from '../machine/cpu-registers.js';
import { currentTask } from '../sched/cpu-tasks.js';
import { gatherGaps } from '../../kernel/gathered-gaps.js';
import { managedPages } from '../mm/memory-totals.js';
import { onlineNodes } from '../mm/nodes.js';
import { taskState } from '../sched/task-state.js';
import { allThreads, taskLabel, type Task } from '../sched/tasks.js';
import { threadStackBytes } from '../sched/thread-stack.js';
import { isMemcg, memcgLimitPages } from './memcg-limit.js';

/** A call of out_of_memory() that was under way when the machine stopped. */
export interface OomInProgress {
  readonly address: bigint;
  /** Who called: the task whose stack it is on. */
  readonly task: Task;
  /** The CPU that the task ran on; undefined where it waited for one. */
  readonly cpu: number | undefined;
  /** The node whose zonelist was tried; undefined for a cgroup's limit, which asks no zone. */
  readonly zonelistNode: number | undefined;
  /** Nodes that a memory policy allows, ascending; undefined: no such mask. */
  readonly nodemask: readonly number[] | undefined;
  /** struct mem_cgroup whose limit was hit. */
  readonly memcg: bigint | undefined;
  readonly gfpMask: number;
  /** -1: manually (sysrq-f). */
  readonly order: number;
  /** What badness is measured against. */
  readonly totalPages: number;
  readonly constraint: string;
  /** undefined: none as yet; 'nobody': the search was given up, for an earlier victim is still dying. */
  readonly chosen: Task | 'nobody' | undefined;
  readonly chosenPoints: bigint;
  /** The task holds oom_lock, as every caller of out_of_memory() does. */
  readonly holdsOomLock: boolean;
}

const MUTEX_FLAGS = 7n;
const ABORTED = 0xffff_ffff_ffff_ffffn;

/**
 * Every `struct oom_control` of a task inside out_of_memory(): searched for on the stack of whoever holds oom_lock, of
 * each CPU's task and of each task that waits for a CPU. Only a structure that is consistent in itself and with the
 * machine is one: the zonelist is a node's, the cgroup a cgroup, and totalpages what constrained_alloc() gives for the
 * constraint.
 * @throws ShapeError where this kernel's types do not tell what one looks like
 */
export function oomsInProgress(kernel: Kernel): readonly OomInProgress[] {
  return kernel.once('OOM in progress', () => {
    const holder = oomLockHolder(kernel);
    if (holder === 0n) return [];
    kernel.bind('oom_control');
    const found = candidates(kernel, holder).flatMap(({ task, cpu }) => searchStack(kernel, task, cpu, holder));
    // Who does not hold the lock has left out_of_memory(), and what stands on its stack is old; unless the lock can't
    // be read.
    return holder === undefined ? found : found.filter((one) => one.holdsOomLock);
  });
}

/** The task that holds oom_lock, 0 where nobody does; undefined where it can't be determined. */
export function oomLockHolder(kernel: Kernel): bigint | undefined {
  const lock = kernel.findSymbol('oom_lock');
  if (lock === undefined || !kernel.has('mutex', 'owner')) return undefined;
  return kernel.attempt(
    'oom_lock',
    () => kernel.memory.u64(lock + BigInt(kernel.offsetOf('mutex', 'owner'))) & ~MUTEX_FLAGS,
  );
}

interface Candidate {
  readonly task: Task;
  readonly cpu: number | undefined;
}

function candidates(kernel: Kernel, holder: bigint | undefined): Candidate[] {
  const found = new Map<bigint, Candidate>();
  for (const cpu of kernel.possibleCpus()) {
    const task = kernel.attempt(`current task of CPU ${cpu}`, () => currentTask(kernel, cpu));
    if (task) found.set(task.$address, { task, cpu });
  }
  if (holder !== undefined) return [found.get(holder) ?? { task: kernel.ref('task_struct', holder), cpu: undefined }];
  for (const task of allThreads(kernel)) {
    kernel.guard.step();
    const runnable = kernel.attempt('task state', () => taskState(task).letter === 'R');
    if (runnable && !found.has(task.$address)) found.set(task.$address, { task, cpu: undefined });
  }
  return [...found.values()];
}

function searchStack(kernel: Kernel, task: Task, cpu: number | undefined, holder: bigint | undefined): OomInProgress[] {
  const low = kernel.attempt(`stack of ${taskLabel(kernel, task)}`, () => task.stack);
  if (low === undefined || low === 0n) return [];
  const high = low + BigInt(threadStackBytes(kernel));
  const pointer = stackPointer(kernel, task, cpu);
  // What lies below the stack pointer is of calls that have returned.
  const from = pointer !== undefined && pointer >= low && pointer < high ? pointer & ~7n : low;
  const bytes = kernel.attempt(`stack of ${taskLabel(kernel, task)}`, () =>
    kernel.memory.read(from, Number(high - from)),
  );
  if (bytes === undefined) return [];
  const words = new BigUint64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.byteLength & ~7)));
  const found: OomInProgress[] = [];
  const check = checker(kernel, words);
  for (let index = 0; index + check.words <= words.length; index++) {
    kernel.guard.step();
    if (!check.mayBe(index)) continue;
    const { result, gaps } = gatherGaps(kernel, () =>
      kernel.peek(CANDIDATE, () => accept(kernel, task, from + BigInt(index) * 8n)),
    );
    // What a wrong guess leads to says nothing; that a right one could not be distinguished from it does.
    for (const gap of gaps) if (gap.what === CANDIDATE) kernel.gaps.record(gap);
    if (result) found.push({ ...result, task, cpu, holdsOomLock: holder === task.$address });
  }
  return found;
}

const CANDIDATE = 'what may be an oom_control';

function stackPointer(kernel: Kernel, task: Task, cpu: number | undefined): bigint | undefined {
  if (cpu === undefined) return kernel.attempt('thread.sp', () => task.thread.sp);
  const registers = cpuRegisters(kernel).find((one) => one.cpu === cpu);
  return registers && 'note' in registers ? registers.note.registers.sp : undefined;
}

/** A look at the words alone, before anything is read through a pointer: most of a stack fails here. */
function checker(kernel: Kernel, words: BigUint64Array): { words: number; mayBe: (index: number) => boolean } {
  const { offsets, size } = kernel.bind('oom_control');
  const offset = (member: string): number => offsets.get(member)!;
  const word = (member: string): number => offset(member) >> 3;
  const zonelists = zonelistAddresses(kernel);
  const orders = kernel.attempt('free_area', () => onlineNodes(kernel)[0]?.node_zones[0]?.free_area.length) ?? 11;
  const [zonelist, memcg, gfp, total] = [word('zonelist'), word('memcg'), word('gfp_mask'), word('totalpages')];
  const gfpShift = BigInt((offset('gfp_mask') & 7) * 8);
  const [orderWord, orderShift] = [word('order'), BigInt((offset('order') & 7) * 8)];
  const [constraintWord, constraintShift] = [word('constraint'), BigInt((offset('constraint') & 7) * 8)];
  return {
    words: Math.ceil(size / 8),
    mayBe(index) {
      const at = (place: number): bigint => words[index + place]!;
      if (!(at(zonelist) === 0n || zonelists.has(at(zonelist)))) return false;
      if (at(zonelist) !== 0n && at(memcg) !== 0n) return false;
      if (at(total) === 0n || at(total) > 1n << 52n) return false;
      const order = Number(BigInt.asIntN(32, at(orderWord) >> orderShift));
      if (order < -1 || order >= orders) return false;
      const mask = Number(BigInt.asUintN(32, at(gfp) >> gfpShift));
      // Nobody asks without a single flag but pagefault_out_of_memory() (until 5.16).
      if (mask === 0 && at(zonelist) !== 0n) return false;
      return BigInt.asUintN(32, at(constraintWord) >> constraintShift) <= 3n;
    },
  };
}

function zonelistAddresses(kernel: Kernel): ReadonlyMap<bigint, number> {
  return kernel.once(
    'zonelists',
    () =>
      new Map(
        onlineNodes(kernel).flatMap(
          (node) =>
            kernel.attempt('node_zonelists', () =>
              node.node_zonelists.map((list) => [list.$address, node.node_id] as const),
            ) ?? [],
        ),
      ),
  );
}

/** @throws ReadError where a pointer leads to nowhere */
function accept(
  kernel: Kernel,
  task: Task,
  address: bigint,
): Omit<OomInProgress, 'task' | 'cpu' | 'holdsOomLock'> | undefined {
  const control = kernel.ref('oom_control', address);
  const constraint = constraintName(kernel, control.constraint);
  if (constraint === undefined) return undefined;
  const memcg = control.memcg === 0n ? undefined : control.memcg;
  if ((memcg !== undefined) !== (constraint === 'CONSTRAINT_MEMCG')) return undefined;
  if (memcg !== undefined && !isMemcg(kernel, memcg)) return undefined;
  const nodemask = control.nodemask === 0n ? undefined : nodesIn(kernel, control.nodemask);
  if (nodemask?.length === 0) return undefined;
  const chosen = chosenTask(kernel, control);
  if (chosen === 'no task') return undefined;
  if (!totalsMatch(kernel, task, control, { constraint, nodemask, memcg })) return undefined;
  const list = control.zonelist;
  return {
    address,
    nodemask,
    memcg,
    constraint,
    chosen,
    zonelistNode: list === null ? undefined : zonelistAddresses(kernel).get(list.$address),
    gfpMask: control.gfp_mask,
    order: control.order,
    totalPages: control.totalpages,
    chosenPoints: control.chosen_points,
  };
}

const constraints = ['CONSTRAINT_NONE', 'CONSTRAINT_CPUSET', 'CONSTRAINT_MEMORY_POLICY', 'CONSTRAINT_MEMCG'] as const;

function constraintName(kernel: Kernel, value: number): string | undefined {
  const own = kernel.enumValues('oom_constraint');
  return own.size === 0 ? constraints[value] : [...own].find(([, number]) => number === value)?.[0];
}

/** @throws ReadError */
function nodesIn(kernel: Kernel, mask: bigint): number[] {
  return [...setBits(kernel.ref('nodemask_t', mask).bits)];
}

function chosenTask(kernel: Kernel, { chosen }: Ref<'oom_control'>): OomInProgress['chosen'] | 'no task' {
  if (chosen === 0n) return undefined;
  if (chosen === ABORTED) return 'nobody';
  const task = allThreads(kernel).find((one) => one.$address === chosen);
  return task ?? 'no task';
}

/** constrained_alloc(): what each constraint measures against. */
function totalsMatch(
  kernel: Kernel,
  task: Task,
  { totalpages }: Ref<'oom_control'>,
  { constraint, nodemask, memcg }: Pick<OomInProgress, 'constraint' | 'nodemask' | 'memcg'>,
): boolean {
  const swap = kernel.hasGlobal('total_swap_pages') ? kernel.global('total_swap_pages') : 0;
  const ofNodes = (wanted: readonly number[]): number =>
    onlineNodes(kernel)
      .filter((node) => wanted.includes(node.node_id))
      .reduce((sum, node) => sum + node.node_present_pages, swap);
  switch (constraint) {
    case 'CONSTRAINT_NONE':
      // Either may be what is damaged.
      return [kernel.peek('_totalram_pages', () => kernel.global('_totalram_pages')), managedPages(kernel)].some(
        (ram) => ram !== undefined && totalpages === ram + swap,
      );
    case 'CONSTRAINT_MEMORY_POLICY':
      return nodemask !== undefined && totalpages === ofNodes(nodemask);
    case 'CONSTRAINT_CPUSET':
      return totalpages === ofNodes(memsAllowed(task));
    case 'CONSTRAINT_MEMCG':
      return memcg !== undefined && memcgLimitPages(kernel, memcg).includes(totalpages);
    default:
      return false;
  }
}

/** cpuset_current_mems_allowed: the nodes that a task's cpuset lets it use, ascending. @throws ReadError */
export function memsAllowed(task: Task): readonly number[] {
  return task.mems_allowed === undefined ? [0] : [...setBits(task.mems_allowed.bits)];
}
