import type { Kernel } from '../../kernel/kernel.js';

/** Errors of a part of the hardware that the kernel went on after (`hwerr_data`, since 6.18). */
export interface RecoveredErrors {
  /** "memory", "cpu" */
  readonly of: string;
  readonly count: number;
  /** Of the last one, in seconds since 1970. */
  readonly time: number;
}

const PREFIX = 'HWERR_RECOV_';

/** Those that there were. @throws ReadError, ShapeError */
export function recoveredErrors(kernel: Kernel): readonly RecoveredErrors[] {
  if (!kernel.hasGlobal('hwerr_data')) return [];
  const names = new Map([...kernel.enumValues('hwerr_error_type')].map(([name, value]) => [value, name]));
  return kernel.global('hwerr_data').flatMap(({ count, timestamp }, i) => {
    const of = names.get(i)?.replace(PREFIX, '').toLowerCase();
    return count > 0 && of !== undefined ? [{ of, count, time: Number(timestamp) }] : [];
  });
}
