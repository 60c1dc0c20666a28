import { GapLog, isLack } from './gaps.js';
import type { Gap } from '../words/gap.js';
import type { Kernel } from './kernel.js';

/**
 * What `work` gives, and the gaps that it met, which are kept out of the kernel's log: for work that is shared or that
 * has a second road.
 */
export function gatherGaps<T>(kernel: Kernel, work: () => T): { result: T; gaps: readonly Gap[] } {
  const before = kernel.gaps;
  const own = new GapLog();
  kernel.gaps = own;
  try {
    return { result: work(), gaps: own.list };
  } finally {
    kernel.gaps = before;
  }
}

/** The same, with the gaps in the kernel's log as well: for who must know whether all could be read. */
export function withGaps<T>(kernel: Kernel, work: () => T): { result: T; gaps: readonly Gap[] } {
  const found = gatherGaps(kernel, work);
  for (const gap of found.gaps) kernel.gaps.record(gap);
  return found;
}

/**
 * What was lost: "zone.free_area[3] (0x…: page damaged), and 2 more"; undefined where nothing was, though the kernel
 * may lack something.
 */
export function lossesInWords(gaps: readonly Gap[]): string | undefined {
  const [first, ...more] = gaps.filter((gap) => !isLack(gap));
  return first && `${first.what} (${first.reason})${more.length === 0 ? '' : `, and ${more.length} more`}`;
}
