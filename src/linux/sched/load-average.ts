import type { Kernel } from '../../kernel/kernel.js';

/** FIXED_1, include/linux/sched/loadavg.h: 11 bits of fraction. */
const FIXED_1 = 2048;

/** The load over 1, 5 and 15 minutes, as /proc/loadavg has it. @throws ReadError, ShapeError */
export function loadAverage(kernel: Kernel): readonly number[] {
  return kernel.global('avenrun').map((value) => value / FIXED_1);
}
