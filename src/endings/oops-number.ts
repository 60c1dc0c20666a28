import type { Kernel } from '../kernel/kernel.js';
import { dieCounter } from '../linux/machine/counters.js';
import { cpuContexts } from '../locks/contexts.js';
import { culpritOf } from '../locks/dying/culprit.js';
import { isOops } from '../locks/dying/machinery.js';
import type { Ending } from './ending.js';

/** What prints an oops behind its header, which counts it. */
const COUNTED = /^(?:__die(?:_header|_body)?|show_regs|print_modules)$/;
/** Where oops_end() ends: in a crash kernel, while it still keeps others from their oops, or in panic(). */
const GIVES_UP = /^(?:(?:__)?crash_kexec|v?panic)$/;

/**
 * Which oops the end is, as its record counts; undefined where that can't be told. CPUs oops one after another: who
 * prints an oops or gives up elsewhere was counted behind the CPU that panicked. Who was stopped in oops_end() before
 * that may have been counted ahead of it.
 */
export function oopsNumber(kernel: Kernel, { context }: Pick<Ending, 'context'>): number | undefined {
  const count = dieCounter(kernel);
  const others = cpuContexts(kernel)
    .filter((one) => one !== context)
    .map((one) =>
      orderOf(
        kernel,
        culpritOf(kernel, one).machinery.map(({ name }) => name),
      ),
    );
  if (count === undefined || others.includes('unknown')) return undefined;
  return Math.max(1, count - others.filter((order) => order === 'later').length);
}

/** When a CPU's oops was counted, by what it runs; undefined where it has none that was. */
function orderOf(kernel: Kernel, names: readonly string[]): 'later' | 'unknown' | undefined {
  const any = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (names.includes('oops_end')) return any(GIVES_UP) ? 'later' : 'unknown';
  return names.some((name) => isOops(kernel, name)) && any(COUNTED) ? 'later' : undefined;
}
