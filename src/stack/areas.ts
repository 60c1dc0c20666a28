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
  return low === 0n ? undefined : stackArea('task', low, threadStackBytes(kernel));
}

/** What a CPU may run on: the stack of its task, as far as it can be read, and its own. */
export function stackAreas(
  kernel: Kernel,
  cpu: number | undefined,
  task: Ref<'task_struct'> | undefined,
): readonly StackArea[] {
  const own = task && kernel.attempt('task_struct.stack', () => taskStack(kernel, task));
  return [...(own ? [own] : []), ...(cpu === undefined ? [] : cpuStacks(kernel, cpu))];
}

/** The stacks that a CPU has beside those of tasks. What can't be determined is left out, with a gap. */
export function cpuStacks(kernel: Kernel, cpu: number): readonly StackArea[] {
  return kernel.once(`stacks of CPU ${cpu}`, () =>
    stacksOf(kernel).cpuStacks.flatMap(
      ([what, read]) => kernel.attempt(`${what} of CPU ${cpu}`, () => read(kernel, cpu)) ?? [],
    ),
  );
}
