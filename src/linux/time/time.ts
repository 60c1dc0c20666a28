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
  const clock = timekeeper(kernel);
  const { tkr_mono, xtime_sec, offs_boot } = clock;
  if (tkr_mono.shift > 63 || xtime_sec >> 40n !== 0n || tkr_mono.mask === 0n)
    throw new Implausible('the timekeeper is not where it is looked for');
  const sinceSecond = tkr_mono.xtime_nsec >> BigInt(tkr_mono.shift);
  const wallNs = xtime_sec * SECOND + sinceSecond;
  const uptimeNs = wallNs + nsOf(clock.wall_to_monotonic);
  refuseContradiction(clock, sinceSecond, uptimeNs);
  return { wallNs, uptimeNs, sinceBootNs: uptimeNs + offs_boot };
}

const SECOND = 1_000_000_000n;
/** No machine has been up, or asleep, for longer: a century. */
const LONGEST_NS = 36_525n * 86_400n * SECOND;

/**
 * The kernel keeps some of it twice, in other units (tk_update_ktime_data(), tk_set_wall_to_mono(),
 * tk_update_sleep_time()): what was written over it does not.
 * @throws Implausible
 */
function refuseContradiction(clock: Ref<'timekeeper'>, sinceSecond: bigint, uptimeNs: bigint): void {
  const { tkr_mono, ktime_sec, offs_real, offs_boot, monotonic_to_boot } = clock;
  const pairs: readonly (readonly [what: string, kept: bigint | undefined, made: bigint])[] = [
    ['tkr_mono.base', tkr_mono.base, uptimeNs - sinceSecond],
    ['ktime_sec', ktime_sec, uptimeNs / SECOND],
    ['offs_real', offs_real, -nsOf(clock.wall_to_monotonic)],
    ['monotonic_to_boot', monotonic_to_boot && nsOf(monotonic_to_boot), offs_boot],
  ];
  const contradicts = pairs.find(([, kept, made]) => kept !== undefined && kept !== made);
  if (contradicts !== undefined)
    throw new Implausible(`the timekeeper contradicts itself: ${contradicts[0]} is not what its other members make`);
  if (sinceSecond >= SECOND || uptimeNs < 0n || uptimeNs > LONGEST_NS || offs_boot < 0n || offs_boot > LONGEST_NS)
    throw new Implausible('the timekeeper has a time that no clock has');
}

function nsOf({ tv_sec, tv_nsec }: Ref<'timespec64'>): bigint {
  return tv_sec * SECOND + BigInt(tv_nsec);
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
