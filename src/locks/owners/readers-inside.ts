import type { Kernel } from '../../kernel/kernel.js';
import type { Lock } from '../lock-kind.js';
import { lockState } from '../state/lock-state.js';

/** How many readers a lock counts; undefined for one that counts none. */
export function readersInside(kernel: Kernel, { kind, address }: Lock): number | undefined {
  return lockState(kernel, kind, address)?.readers ?? kind.readers?.(kernel, address);
}
