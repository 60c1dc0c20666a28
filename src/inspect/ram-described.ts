import { MOST_RUNS } from '../dump/bitmap.js';
import type { Dump } from '../dump/dump.js';
import { Implausible } from '../kernel/gaps.js';

/** Bytes of RAM that a dump's own tables say the machine had. @throws Implausible where these are damaged */
export function ramDescribed({ memory }: Dump): number {
  let bytes = 0;
  let ranges = 0;
  for (const { start, end } of memory.ranges()) {
    if (++ranges >= MOST_RUNS)
      throw new Implausible(`the bitmap has ${MOST_RUNS} ranges of memory or more: it is damaged`);
    bytes += end - start;
  }
  return bytes;
}
