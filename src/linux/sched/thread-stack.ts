import type { Kernel } from '../../kernel/kernel.js';

/** Longest stack that is believed: THREAD_SIZE is 128 KiB at the most, with KASAN and pages of 64 KiB. */
export const LARGEST_STACK_BYTES = 1 << 20;

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
    return kernel.arch.memory.usualStackBytes;
  });
}

function isStackSize({ memory }: Kernel, bytes: bigint): boolean {
  return bytes >= BigInt(memory.pageSize) && bytes <= BigInt(LARGEST_STACK_BYTES) && (bytes & (bytes - 1n)) === 0n;
}
