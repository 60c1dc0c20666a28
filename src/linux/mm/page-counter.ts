import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** A struct page_counter: in pages. */
export interface PageCounter {
  readonly usagePages: number;
  /** null: no limit. */
  readonly limitPages: number | null;
  /** As the kernel holds it: PAGE_COUNTER_MAX where there is none; reports print it in kB. */
  readonly limitRaw: number;
  /** How often a charge failed at the limit; on the unified hierarchy 7.x counts that elsewhere: see Memcg. */
  readonly failures: number;
  /** The most that was ever used. */
  readonly watermarkPages: number;
  /** memory.min and memory.low, and what they come to in this hierarchy. */
  readonly minPages: number;
  readonly lowPages: number;
  readonly effectiveMinPages: number;
  readonly effectiveLowPages: number;
  /** What the groups below use under the protection of their memory.min and memory.low. */
  readonly childrenMinUsagePages: number;
  readonly childrenLowUsagePages: number;
}

/**
 * A cgroup’s counter with its limits, in pages: page_counter_read() and what stands beside it.
 * @throws ReadError, ShapeError
 */
export function readPageCounter(kernel: Kernel, counter: Ref<'page_counter'>): PageCounter {
  const limit = counter.max;
  return {
    usagePages: Math.max(counter.usage, 0),
    limitPages: limit >= noLimit(kernel) ? null : limit,
    limitRaw: limit,
    failures: counter.failcnt,
    watermarkPages: counter.watermark,
    minPages: counter.min,
    lowPages: counter.low,
    effectiveMinPages: counter.emin,
    effectiveLowPages: counter.elow,
    childrenMinUsagePages: counter.children_min_usage,
    childrenLowUsagePages: counter.children_low_usage,
  };
}

/** PAGE_COUNTER_MAX: LONG_MAX / PAGE_SIZE. */
function noLimit(kernel: Kernel): number {
  return Number(0x7fff_ffff_ffff_ffffn / BigInt(kernel.memory.pageSize));
}
