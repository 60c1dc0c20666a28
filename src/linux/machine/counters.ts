import type { Kernel } from '../../kernel/kernel.js';

/** Events that no kernel has counted up to: what is there is something else. */
const mostCounted = 1e6;

/** How many oopses the kernel has met, the last included (die_counter); undefined where that can't be read. */
export function dieCounter(kernel: Kernel): number | undefined {
  return counter(kernel, 'die_counter');
}

/** How many warnings it has met, of which not each is printed (warn_count); undefined where that can't be read. */
export function warnCount(kernel: Kernel): number | undefined {
  return counter(kernel, 'warn_count');
}

function counter(kernel: Kernel, name: 'die_counter' | 'warn_count'): number | undefined {
  if (!kernel.hasGlobal(name)) return undefined;
  const count = kernel.attempt(name, () => kernel.global(name));
  return count !== undefined && count >= 0 && count < mostCounted ? count : undefined;
}
