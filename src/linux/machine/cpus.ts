import { setBits } from '../../kernel/containers/bitmap.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';

const MASKS = { possible: '__cpu_possible_mask', present: '__cpu_present_mask', online: '__cpu_online_mask' } as const;

/** The masks of include/linux/cpumask.h: possible, present or online CPUs. */
export type CpuMask = keyof typeof MASKS;

/**
 * The CPUs in one of the kernel's masks. A panic without kdump leaves one CPU online; a kdump leaves all. @throws
 * ReadError, Implausible where there is none
 */
export function cpusIn(kernel: Kernel, mask: CpuMask): readonly number[] {
  const { bits } = kernel.global(MASKS[mask]);
  const limit = kernel.hasGlobal('nr_cpu_ids') ? kernel.global('nr_cpu_ids') : Infinity;
  const cpus = [...setBits(bits, limit)];
  if (cpus.length === 0) throw new Implausible(`no CPU is ${mask}`);
  return cpus;
}
