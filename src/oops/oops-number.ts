import type { Ending } from '../endings/ending.js';
import type { Kernel } from '../kernel/kernel.js';
import { dieCounter } from '../linux/machine/counters.js';
import { cpuContexts } from '../locks/contexts.js';
import { culpritOf } from '../locks/dying/culprit.js';

/**
 * Which oops the end is, as its record counts; undefined where that can't be read. CPUs oops one after another, so that
 * what has come to its oops_end() elsewhere was counted behind that of the CPU that panicked.
 */
export function oopsNumber(kernel: Kernel, { context }: Ending): number | undefined {
  const count = dieCounter(kernel);
  if (count === undefined) return undefined;
  const later = cpuContexts(kernel).filter(
    (one) => one !== context && culpritOf(kernel, one).machinery.some(({ name }) => name === 'oops_end'),
  );
  return Math.max(1, count - later.length);
}
