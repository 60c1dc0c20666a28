import { Implausible } from '../../kernel/gaps.js';
import { withGaps } from '../../kernel/gathered-gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { everyZone, type Zone } from './zones.js';

/** The totals at the end of show_mem(), in pages; the sums over all zones are undefined where a zone can't be read. */
export interface MemoryTotals {
  readonly ram: number | undefined;
  /** HighMem/MovableOnly. */
  readonly highmem: number | undefined;
  readonly reserved: number | undefined;
  /** undefined: a kernel without CMA prints no such line. */
  readonly cmaReserved: number | undefined;
  /** undefined: a kernel without memory failure handling. */
  readonly hwpoisoned: number | undefined;
}

/** What show_mem() prints at its end, summed over all zones. */
export function memoryTotals(kernel: Kernel): MemoryTotals {
  const zones = everyZone(kernel);
  const highmem = kernel.enumerator('ZONE_HIGHMEM');
  const sum = (pages: (zone: Zone) => number): number | undefined =>
    zones?.reduce((total, zone) => total + pages(zone), 0);
  return {
    ram: sum((zone) => zone.presentPages),
    highmem: sum((zone) => (zone.index === highmem ? zone.presentPages : 0)),
    reserved: sum((zone) => zone.presentPages - zone.managedPages),
    // The variable stands there without CMA too; the migrate type does not.
    cmaReserved:
      kernel.enumerator('MIGRATE_CMA') === undefined
        ? undefined
        : kernel.attempt('totalcma_pages', () => kernel.global('totalcma_pages')),
    hwpoisoned: kernel.hasGlobal('num_poisoned_pages')
      ? kernel.attempt('num_poisoned_pages', () => kernel.global('num_poisoned_pages'))
      : undefined,
  };
}

/** Pages that zones manage, over all of them; undefined where one can't be read. */
export function managedPages(kernel: Kernel): number | undefined {
  return everyZone(kernel)?.reduce((sum, zone) => sum + zone.managedPages, 0);
}

/** adjust_managed_page_count() changes both sums, one after the other, while a live machine is dumped. */
const MOST_APART = 1 / 16;

/**
 * Pages that the page allocator was given: MemTotal of /proc/meminfo, and the sum of what zones manage.
 * @throws ReadError, ShapeError, Implausible where the two are not one
 */
export function totalRamPages(kernel: Kernel): number {
  const total = kernel.global('_totalram_pages');
  const { result: managed } = withGaps(kernel, () => managedPages(kernel));
  if (managed !== undefined && Math.abs(total - managed) > MOST_APART * managed)
    throw new Implausible(`_totalram_pages is ${total}, and zones manage ${managed} pages: one of them is damaged`);
  return total;
}
