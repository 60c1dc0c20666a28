import type { Kernel } from './kernel.js';

/**
 * The word at an address, or undefined where it can't be read: for a frame, a lock or a list that is followed by guess.
 */
export function wordAt(kernel: Kernel, address: bigint): bigint | undefined {
  return kernel.peek('a word of a stack or of a lock', () => kernel.memory.u64(address));
}
