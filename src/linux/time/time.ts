import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** The clock of the dead kernel at its last tick. */
export interface KernelTime {
  /** CLOCK_REALTIME: nanoseconds since 1970. */
  readonly wallNs: bigint;
  /** CLOCK_MONOTONIC: nanoseconds since boot, without time suspended; what log stamps count. */
  readonly uptimeNs: bigint;
  /** CLOCK_BOOTTIME: with time suspended. */
  readonly sinceBootNs: bigint;
}

/**
 * The kernel's clock as its last tick left it: tk_xtime() and `wall_to_monotonic` of the timekeeper. A CPU that dies
 * with interrupts off takes no tick: the log may have later stamps.
 * @throws ReadError, ShapeError, Implausible
 */
export function kernelTime(kernel: Kernel): KernelTime {
  const { tkr_mono, xtime_sec, wall_to_monotonic, offs_boot } = timekeeper(kernel);
  if (tkr_mono.shift > 63 || xtime_sec >> 40n !== 0n || tkr_mono.mask === 0n)
    throw new Implausible('the timekeeper is not where it is looked for');
  const wallNs = xtime_sec * 1_000_000_000n + (tkr_mono.xtime_nsec >> BigInt(tkr_mono.shift));
  const uptimeNs = wallNs + wall_to_monotonic.tv_sec * 1_000_000_000n + BigInt(wall_to_monotonic.tv_nsec);
  return { wallNs, uptimeNs, sinceBootNs: uptimeNs + offs_boot };
}

/**
 * `timekeeper_data[TIMEKEEPER_CORE]` since 6.17 (22c62b9a84b8), `tk_core` before: a sequence counter, then the
 * timekeeper. Up to 6.12 that struct has no name; the counter before the timekeeper, which begins at a multiple of 8.
 */
function timekeeper(kernel: Kernel): Ref<'timekeeper'> {
  const address = kernel.symbol(kernel.hasGlobal('timekeeper_data') ? 'timekeeper_data' : 'tk_core');
  const offset = kernel.has('tk_data', 'timekeeper')
    ? kernel.offsetOf('tk_data', 'timekeeper')
    : Math.ceil(counterSize(kernel) / 8) * 8;
  return kernel.ref('timekeeper', address + BigInt(offset));
}

/**
 * The counter is larger where lockdep watches it. seqcount_raw_spinlock_t since 5.10 (025e82bcbc34), seqcount_t before.
 */
function counterSize(kernel: Kernel): number {
  return kernel.sizeOf(kernel.has('seqcount_raw_spinlock') ? 'seqcount_raw_spinlock' : 'seqcount');
}

/** When the kernel crashed, in seconds since 1970: CRASHTIME, which a kernel writes that starts its crash kernel. */
export function crashTime(kernel: Kernel): number | undefined {
  const text = kernel.vmcoreinfo('CRASHTIME');
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
