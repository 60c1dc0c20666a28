import type { SavedRegisters } from '../arch/stack/frame.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import { dieCounter } from '../linux/machine/counters.js';
import { faulted, type Faulted } from './exception.js';

/**
 * The registers at the first oops, which the kernel keeps for the end of every later record (exec_summary_regs);
 * undefined where there was none, or they are not to be had.
 */
export function firstOopsed(kernel: Kernel): SavedRegisters | undefined {
  const kept = kernel.findSymbol('exec_summary_regs');
  if (kept === undefined || dieCounter(kernel) === 0) return undefined;
  return kernel.attempt('exec_summary_regs', () => {
    const saved = stacksOf(kernel).oops.savedAt(kernel, kept);
    return saved.registers.sp === 0n ? undefined : saved;
  });
}

/** What was done there, as its instruction says; undefined where nothing but the place is known. */
export function firstFaulted(kernel: Kernel): Faulted | undefined {
  const saved = firstOopsed(kernel);
  const found = saved && faulted(kernel, saved);
  return found?.noCode || found?.isTrap || found?.access !== undefined ? found : undefined;
}
