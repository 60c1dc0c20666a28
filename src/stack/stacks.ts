import { stacksOf } from '../arch/stack/stack-architectures.js';
import { gapOf, type GapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { readOr } from '../kernel/read-or.js';
import { cpuRegisters } from '../linux/machine/cpu-registers.js';
import { currentTask } from '../linux/sched/cpu-tasks.js';
import { taskLabel, type Task } from '../linux/sched/tasks.js';
import { threadStackBytes } from '../linux/sched/thread-stack.js';
import { inArea, stackArea, type StackArea } from '../arch/stack/stack-area.js';
import { cpuStacks, taskStack } from './areas.js';
import type { Caller, UnwoundStack } from '../arch/stack/frame.js';
import { recover } from './recover.js';
import { unwind, type UnwindOptions } from './unwind.js';
import { defined } from '../words/defined.js';

/** A task's stack, or a CPU's where it is not known which task it runs. */
export interface TaskStack extends UnwoundStack {
  readonly task?: Task;
  /** The CPU that the task runs on; undefined for one that sleeps or waits for a CPU. */
  readonly cpu?: number;
}

export type StackOptions = Omit<UnwindOptions, 'task'>;

function unwindOptions(task: Task | undefined, savedRegisters: boolean | undefined): UnwindOptions {
  return { ...(task ? { task } : {}), ...defined({ savedRegisters }) };
}

/**
 * What each possible CPU is doing, from the registers in the dump's notes. A CPU without registers says why in `end`,
 * and what stands on its task's stack is `scanned`.
 */
export function cpuStack(kernel: Kernel, cpu: number, { savedRegisters }: StackOptions = {}): TaskStack {
  const task = currentOn(kernel, cpu);
  const options = unwindOptions(task, savedRegisters);
  const stated = task && kernel.attempt('task_struct.stack', () => taskStack(kernel, task));
  const others = cpuStacks(kernel, cpu);
  const identity = { cpu, ...(task ? { task } : {}) };
  const found = cpuRegisters(kernel).find((registers) => registers.cpu === cpu);
  const sp = found !== undefined && 'note' in found ? found.note.registers.sp : undefined;
  const own = stated ?? (sp === undefined ? undefined : stackAround(kernel, sp, others));
  const areas = [...(own ? [own] : []), ...others];
  if (found === undefined || !('note' in found)) {
    const end = `no registers of CPU ${cpu}: ${found && 'reason' in found ? found.reason : 'it is not one of the possible CPUs'}`;
    return { ...identity, ...recover(kernel, { frames: [], end }, areas, options) };
  }
  const { registers } = found.note;
  const { frameOf, isUserMode } = stacksOf(kernel);
  const first: Caller = {
    ...frameOf(registers),
    interrupted: true,
    found: 'registers',
    ...(isUserMode(registers) ? { user: true } : {}),
  };
  return { ...identity, ...recover(kernel, unwind(kernel, first, areas, options), areas, options) };
}

/** Where the task does not tell its stack: stacks of threads are aligned to their size (THREAD_ALIGN). */
function stackAround(kernel: Kernel, sp: bigint, others: readonly StackArea[]): StackArea | undefined {
  if (sp < kernel.arch.memory.kernelStart || others.some((area) => inArea(area, sp, 0))) return undefined;
  const bytes = threadStackBytes(kernel);
  const low = sp - (sp % BigInt(bytes));
  return kernel.peek('stack', () => stackArea('task', low, bytes));
}

/**
 * A task's stack: from its CPU's registers where it runs, else from what the switch away from it has saved.
 * Never throws for what the dump lacks: `end` says what was in the way.
 */
export function stackOf(kernel: Kernel, task: Task, options: StackOptions = {}): TaskStack {
  const cpu = runningOn(kernel).get(task.$address);
  return cpu === undefined ? sleepingStack(kernel, task, options) : cpuStack(kernel, cpu, options);
}

/** The CPU that a task runs on; undefined for one that sleeps. */
export function cpuOf(kernel: Kernel, task: Task): number | undefined {
  return runningOn(kernel).get(task.$address);
}

function runningOn(kernel: Kernel): ReadonlyMap<bigint, number> {
  return kernel.once(
    'CPUs by their tasks',
    () =>
      new Map(
        kernel.possibleCpus().flatMap((cpu) => {
          const task = currentOn(kernel, cpu);
          return task ? [[task.$address, cpu] as const] : [];
        }),
      ),
  );
}

function currentOn(kernel: Kernel, cpu: number): Task | undefined {
  return kernel.attempt(`current task of CPU ${cpu}`, () => currentTask(kernel, cpu)) ?? undefined;
}

function sleepingStack(kernel: Kernel, task: Task, { savedRegisters }: StackOptions): TaskStack {
  const options = unwindOptions(task, savedRegisters);
  const unread = (areas: readonly StackArea[]) => (error: GapError) => {
    kernel.gaps.record(gapOf(`stack of ${taskLabel(kernel, task)}`, error));
    return { task, ...recover(kernel, { frames: [], end: error.message }, areas, options) };
  };
  const area = readOr(() => taskStack(kernel, task), unread([]));
  if (area === undefined) return { task, frames: [], end: 'it has no stack any more' };
  if ('frames' in area) return area;
  const first = readOr(() => stacksOf(kernel).switchedOut(kernel, task, area), unread([area]));
  if ('frames' in first) return first;
  return { task, ...recover(kernel, unwind(kernel, first, [area], options), [area], options) };
}
