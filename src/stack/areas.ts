import { stacksOf } from '../arch/stack/stack-architectures.js';
import { stackArea, type StackArea } from '../arch/stack/stack-area.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Ref } from '../kernel/shape.js';
import { threadStackBytes } from '../linux/sched/thread-stack.js';

/**
 * A task's kernel stack; undefined for one that has none any more (a zombie's is freed early). @throws ReadError,
 * Implausible
 */
export function taskStack(kernel: Kernel, task: Ref<'task_struct'>): StackArea | undefined {
  const low = task.stack;
  return low === 0n ? undefined : stackArea('task stack', low, threadStackBytes(kernel));
}

/** The stacks that a CPU has beside those of tasks. What can't be determined is left out, with a gap. */
export function cpuStacks(kernel: Kernel, cpu: number): readonly StackArea[] {
  return kernel.once(`stacks of CPU ${cpu}`, () =>
    stacksOf(kernel).cpuStacks.flatMap(
      ([what, read]) => kernel.attempt(`${what} of CPU ${cpu}`, () => read(kernel, cpu)) ?? [],
    ),
  );
}
