import { GapLog, type Gap } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';

/** What `work` gives, and the gaps that it met, which are kept out of the kernel's log: for work that is shared or that has a second road. */
export function gatherGaps<T>(kernel: Kernel, work: () => T): { result: T; gaps: readonly Gap[] } {
  const before = kernel.gaps;
  const own = new GapLog();
  kernel.gaps = own;
  try {
    return { result: work(), gaps: own.list };
  } finally {
    kernel.gaps = before;
  }
}
