import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/**
 * The task that runs on a CPU, as `current` is there: per-CPU `current_task`, or in `pcpu_hot` (6.2 to 6.14), or the
 * run queue's `curr`. @throws ReadError
 */
export function currentTask(kernel: Kernel, cpu: number): Ref<'task_struct'> | null {
  if (kernel.hasGlobal('current_task')) return kernel.perCpuGlobal('current_task', cpu);
  if (kernel.hasGlobal('pcpu_hot')) return kernel.perCpuGlobal('pcpu_hot', cpu).current_task;
  return kernel.perCpuGlobal('runqueues', cpu).curr;
}

/** A CPU's idle task: swapper/N. @throws ReadError */
export function idleTask(kernel: Kernel, cpu: number): Ref<'task_struct'> | null {
  return kernel.perCpuGlobal('runqueues', cpu).idle;
}

/** Whether what runs on a CPU is its idle task; false where that can't be read. */
export function isIdleTask(kernel: Kernel, cpu: number | undefined, task: Ref<'task_struct'> | undefined): boolean {
  if (cpu === undefined || task === undefined) return false;
  const idle = kernel.attempt(`idle task of CPU ${cpu}`, () => idleTask(kernel, cpu));
  return idle?.$address === task.$address;
}

/** The CPU's run queue. @throws ReadError */
export function runqueue(kernel: Kernel, cpu: number): Ref<'rq'> {
  return kernel.perCpuGlobal('runqueues', cpu);
}
