import type { Kernel } from '../../kernel/kernel.js';
import type { Elsewhere } from '../../words/printed-line.js';

/** A value as the kernel prints it; where it can't be read a gap, and a mark in its place. */
export function printedPart(kernel: Kernel, what: string, read: () => string, digits = 1): string | Elsewhere {
  return kernel.attempt(what, read) ?? { what, digits };
}
