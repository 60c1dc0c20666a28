import { stacksOf } from '../arch/stack/stack-architectures.js';
import { LARGEST_STACK_BYTES, stackArea, type StackArea } from '../arch/stack/stack-area.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Ref } from '../kernel/shape.js';

/** THREAD_SIZE, in bytes: the linker script gives init's stack just so much. */
export function threadStackBytes(kernel: Kernel): number {
  return kernel.once('THREAD_SIZE', () => {
    for (const [start, end] of [
      ['__start_init_stack', '__end_init_stack'],
      ['__start_init_task', '__end_init_task'],
    ] as const) {
      const [low, high] = [kernel.findSymbol(start), kernel.findSymbol(end)];
      if (low !== undefined && high !== undefined && isStackSize(kernel, high - low)) return Number(high - low);
    }
    return stacksOf(kernel).usualStackBytes;
  });
}

function isStackSize({ memory }: Kernel, bytes: bigint): boolean {
  return bytes >= BigInt(memory.pageSize) && bytes <= BigInt(LARGEST_STACK_BYTES) && (bytes & (bytes - 1n)) === 0n;
}

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
