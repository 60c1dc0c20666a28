import { DwarfError } from '../debuginfo/dwarf/dwarf-error.js';
import type { Kernel } from '../kernel/kernel.js';

/** What the DWARF of a vmlinux gives; where that is damaged, a gap named `what`, and undefined. */
export function byDwarf<T>(kernel: Kernel, what: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    kernel.gap(what, error.message);
    return undefined;
  }
}
