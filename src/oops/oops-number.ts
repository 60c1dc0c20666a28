import type { Ending } from '../endings/ending.js';
import type { Kernel } from '../kernel/kernel.js';
import { dieCounter } from '../linux/machine/counters.js';
import { cpuContexts } from '../locks/contexts.js';
import { culpritOf } from '../locks/dying/culprit.js';

/** Where oops_end() ends: in a crash kernel, while it still keeps others from their oops, or in panic(). */
const GIVES_UP = /^(?:(?:__)?crash_kexec|v?panic)$/;

/**
 * Which oops the end is, as its record counts; undefined where that can't be told. CPUs oops one after another: who
 * gives up elsewhere was counted behind the CPU that panicked. Who was stopped in oops_end() before may have been
 * counted ahead of it.
 */
export function oopsNumber(kernel: Kernel, { context }: Ending): number | undefined {
  const count = dieCounter(kernel);
  const others = cpuContexts(kernel)
    .filter((one) => one !== context)
    .map((one) => culpritOf(kernel, one).machinery.map(({ name }) => name))
    .filter((names) => names.includes('oops_end'));
  if (count === undefined || !others.every((names) => names.some((name) => GIVES_UP.test(name)))) return undefined;
  return Math.max(1, count - others.length);
}
