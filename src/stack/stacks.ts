import { isUserMode, type X86Registers } from '../arch/x86_64/pt-regs-order.js';
import { inactiveTaskFrame } from '../../symbols/switch_to.js';
import { gapOf, Implausible, type GapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { readOr } from '../kernel/read-or.js';
import { cpuRegisters } from '../linux/machine/cpu-registers.js';
import { currentTask } from '../linux/sched/cpu-tasks.js';
import { taskLabel, type Task } from '../linux/sched/tasks.js';
import { cpuStacks, inArea, taskStack, type StackArea } from './areas.js';
import type { UnwoundStack } from './frame.js';
import type { Caller } from './orc-step.js';
import { recover } from './recover.js';
import { registerFile } from './registers.js';
import { hex } from './stack-memory.js';
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
  const own = task && kernel.attempt('task_struct.stack', () => taskStack(kernel, task));
  const areas = [...(own ? [own] : []), ...cpuStacks(kernel, cpu)];
  const identity = { cpu, ...(task ? { task } : {}) };
  const found = cpuRegisters(kernel).find((registers) => registers.cpu === cpu);
  if (found === undefined || !('note' in found)) {
    const end = `no registers of CPU ${cpu}: ${found && 'reason' in found ? found.reason : 'it is not one of the possible CPUs'}`;
    return { ...identity, ...recover(kernel, { frames: [], end }, areas, options) };
  }
  const { registers } = found.note;
  const user = isUserMode(registers as unknown as X86Registers);
  const first: Caller = {
    ip: registers.ip,
    interrupted: true,
    registers: registerFile(registers),
    found: 'registers',
    ...(user ? { user: true } : {}),
  };
  return { ...identity, ...recover(kernel, unwind(kernel, first, areas, options), areas, options) };
}

/**
 * A task's stack: from its CPU's registers where it runs, else from what __switch_to_asm() left at `thread.sp`.
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
  const first = readOr(() => switchedOut(kernel, task, area), unread([area]));
  if ('frames' in first) return first;
  return { task, ...recover(kernel, unwind(kernel, first, [area], options), [area], options) };
}

/**
 * struct inactive_task_frame holds what a switch away saves; its last word is where the task goes on. @throws
 * ReadError, Implausible
 */
function switchedOut(kernel: Kernel, task: Task, area: StackArea): Caller {
  const { sp } = task.thread;
  const bytes = kernel.bind(inactiveTaskFrame).size;
  if (!inArea(area, sp, bytes))
    throw new Implausible(`thread.sp ${hex(sp)} is not within the task's stack ${hex(area.low)}–${hex(area.high)}`, sp);
  const { r15, r14, r13, r12, bx, bp, ret_addr: ip } = kernel.ref(inactiveTaskFrame, sp);
  const justForked = kernel
    .findSymbols('ret_from_fork')
    .concat(kernel.findSymbols('ret_from_fork_asm'))
    .some(({ address }) => address === ip);
  return {
    ip,
    interrupted: justForked,
    registers: registerFile({ r15, r14, r13, r12, bx, bp, ip, sp: sp + BigInt(bytes) }),
    found: 'registers',
  };
}
