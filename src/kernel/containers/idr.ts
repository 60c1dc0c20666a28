import type { Kernel } from '../kernel.js';
import { xarrayEntries } from './xarray.js';

/** xa_is_internal(): what stands for an id that is taken, but has no object yet, is one. */
function isInternal(entry: bigint): boolean {
  return (entry & 3n) === 2n;
}

/**
 * What a `struct idr` maps its ids to, ascending, as idr_for_each_entry() visits them: pointers as they are stored.
 * PIDs, memory cgroups and many numbers that user space sees are given out by one. What can't be read is a gap named
 * `what`.
 */
export function* idrEntries(kernel: Kernel, idr: bigint, what: string): Generator<{ id: number; entry: bigint }> {
  const found = kernel.attempt(what, () => {
    const { idr_rt: root, idr_base: base } = kernel.ref('idr', idr);
    return { root: root.$address, base };
  });
  if (found === undefined) return;
  for (const { index, entry } of xarrayEntries(kernel, found.root, what)) {
    if (!isInternal(entry)) yield { id: Number(index) + found.base, entry };
  }
}
