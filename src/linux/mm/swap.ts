import type { Kernel } from '../../kernel/kernel.js';
import { diskName } from '../block/disk-name.js';
import { globalNodeCounters } from './vmstat.js';

/** What show_swap_cache_info() tells; in pages. */
export interface SwapTotals {
  readonly totalPages: number;
  readonly freePages: number;
  readonly cachePages: number | undefined;
  /** Until 5.11 or so. */
  readonly cacheStats:
    | { readonly add: bigint; readonly delete: bigint; readonly findSuccess: bigint; readonly findTotal: bigint }
    | undefined;
}

/**
 * undefined: a kernel without swap (CONFIG_SWAP). @throws ShapeError where the symbols that would tell can't be read
 */
export function swapTotals(kernel: Kernel): SwapTotals | undefined {
  if (
    kernel.symbols.unreadable === undefined &&
    (!kernel.hasGlobal('nr_swap_pages') || !kernel.hasGlobal('total_swap_pages'))
  )
    return undefined;
  return {
    totalPages: kernel.global('total_swap_pages'),
    freePages: Math.max(kernel.global('nr_swap_pages'), 0),
    cachePages: swapCachePages(kernel),
    cacheStats: swapCacheStats(kernel),
  };
}

/** A swap device or file. */
export interface SwapArea {
  readonly address: bigint;
  readonly index: number;
  readonly name: string | undefined;
  readonly priority: number;
  readonly totalPages: number;
  readonly usedPages: number;
  /** Being switched off, or not yet switched on, where false. */
  readonly writable: boolean;
}

/** enum in include/linux/swap.h: SWP_USED, SWP_WRITEOK. */
const SWP_USED = 1;
const SWP_WRITEOK = 2;

/** The swap areas in use, as /proc/swaps lists them. */
export function swapAreas(kernel: Kernel): readonly SwapArea[] {
  if (!kernel.hasGlobal('swap_info')) return [];
  const count = kernel.global('nr_swapfiles');
  return kernel
    .global('swap_info')
    .slice(0, count)
    .flatMap((area, index) => {
      const read =
        area &&
        kernel.attempt(`swap_info[${index}]`, (): SwapArea | undefined =>
          (area.flags & SWP_USED) === 0
            ? undefined
            : {
                address: area.$address,
                index,
                name: area.bdev ? diskName(kernel, area.bdev.$address, 'block_device') : undefined,
                priority: area.prio,
                totalPages: area.pages,
                usedPages: area.inuse_pages,
                writable: (area.flags & SWP_WRITEOK) !== 0,
              },
        );
      return read ? [read] : [];
    });
}

/** total_swapcache_pages(): a node counter since 5.12, before that the sum over the areas' address spaces. */
function swapCachePages(kernel: Kernel): number | undefined {
  if (kernel.enumerator('NR_SWAPCACHE') !== undefined) return globalNodeCounters(kernel).get('NR_SWAPCACHE');
  return kernel.attempt('swapper_spaces', () => {
    const spaces = kernel.symbol('swapper_spaces');
    const counts = kernel.symbol('nr_swapper_spaces');
    let pages = 0;
    for (let area = 0n; area < BigInt(kernel.global('nr_swapfiles')); area++) {
      const first = kernel.memory.u64(spaces + area * 8n);
      // One for each 64 MiB of swap; an area that was switched off has none.
      if (first === 0n) continue;
      const count = kernel.memory.u32(counts + area * 4n);
      for (const { nrpages } of kernel.array(first, 'address_space', count)) pages += nrpages;
    }
    return pages;
  });
}

/** A struct without a name: add_total, del_total, find_success, find_total. */
function swapCacheStats(kernel: Kernel): SwapTotals['cacheStats'] {
  const address = kernel.findSymbol('swap_cache_info');
  if (address === undefined) return undefined;
  return kernel.attempt('swap_cache_info', () => ({
    add: kernel.memory.u64(address),
    delete: kernel.memory.u64(address + 8n),
    findSuccess: kernel.memory.u64(address + 16n),
    findTotal: kernel.memory.u64(address + 24n),
  }));
}
