import type { Kernel } from '../../kernel/kernel.js';
import { latestNs } from '../sched/how-long.js';

/** What CONFIG_HZ can be on x86 and elsewhere. */
const RATES = [24, 48, 64, 100, 128, 200, 250, 256, 300, 500, 512, 1000, 1024, 1200];
/** INITIAL_JIFFIES: the counter begins five minutes before 32 bits overflow. */
const BEFORE_OVERFLOW_S = 300;

/**
 * Ticks in a second: by `tick_nsec`, else by how far `jiffies` has come in the time since boot. undefined where neither
 * tells.
 */
export function ticksPerSecond(kernel: Kernel): number | undefined {
  return kernel.once('HZ', () => {
    const tick = kernel.hasGlobal('tick_nsec')
      ? kernel.attempt('tick_nsec', () => kernel.global('tick_nsec'))
      : undefined;
    if (tick !== undefined && tick > 0) return Math.round(1e9 / tick);
    const [jiffies, latest] = [jiffiesNow(kernel), latestNs(kernel)];
    if (jiffies === undefined || latest === undefined) return undefined;
    const uptime = Number(latest) / 1e9;
    const error = (rate: number): number => Math.abs((Number(jiffies) - 2 ** 32) / rate + BEFORE_OVERFLOW_S - uptime);
    const best = RATES.toSorted((a, b) => error(a) - error(b))[0]!;
    // A clock that is off by more than a minute fits any rate.
    return error(best) < 60 ? best : undefined;
  });
}

export function jiffiesNow(kernel: Kernel): bigint | undefined {
  return kernel.attempt('jiffies', () => kernel.global('jiffies_64'));
}

/** Nanoseconds from a time in jiffies until now; undefined for one that lies ahead. */
export function sinceJiffies(kernel: Kernel, then: bigint): number | undefined {
  const [now, rate] = [jiffiesNow(kernel), ticksPerSecond(kernel)];
  if (now === undefined || rate === undefined || then > now) return undefined;
  return Number(now - then) * (1e9 / rate);
}
