import { amount, totalOf, type OomReport, type ZoneState } from './model.js';
import { gfpMeaning } from './gfp.js';

/** enum zone_type, in order; which of them a kernel has is its configuration. */
const zoneOrder = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'] as const;
export type ZoneName = (typeof zoneOrder)[number];

/**
 * The zones that this kernel has, by index: from the names that the report has and how many lowmem_reserve values it
 * prints.
 */
export function zoneTypes(zones: readonly ZoneState[]): readonly ZoneName[] {
  const has = new Set<ZoneName>(['Normal', 'Movable']);
  for (const zone of zones) {
    const name = zoneOrder.find((known) => known === zone.name);
    if (name !== undefined) has.add(name);
  }
  const length = zones.find((zone) => zone.lowmemReservePages !== undefined)?.lowmemReservePages?.length ?? has.size;
  // x86-64 as distributions build it has all but HighMem; a zone that has no pages is not printed.
  for (const name of ['DMA32', 'DMA', 'Device', 'HighMem'] as const) if (has.size < length) has.add(name);
  return zoneOrder.filter((name) => has.has(name));
}

/** The highest zone that the request may use (gfp_zone()), and the zones from there down that the report shows. */
export function zonesAllowed(
  report: OomReport,
): { highest: ZoneName; index: number; zones: readonly ZoneState[] } | undefined {
  const { zones, event } = report;
  const meaning = event.gfp === undefined ? undefined : gfpMeaning(event.gfp);
  if (zones === undefined || meaning === undefined) return undefined;
  const types = zoneTypes(zones);
  // A zone that is not configured stands for Normal: OPT_ZONE_DMA and its like.
  const highest = types.includes(meaning.highestZone) ? meaning.highestZone : 'Normal';
  const index = types.indexOf(highest);
  return {
    highest,
    index,
    zones: zones.filter(
      (zone) => types.indexOf(zone.name as ZoneName) <= index && types.includes(zone.name as ZoneName),
    ),
  };
}

/** Pages that the buddy allocator manages, in kB: of the whole machine if the totals tell, else of the zones shown. */
export function managedKB(report: OomReport, pageSizeKB: number): number | undefined {
  const ram = amount(report.totals?.ram);
  const reserved = amount(report.totals?.reserved);
  if (ram !== undefined && reserved !== undefined) return (ram - reserved) * pageSizeKB;
  const zones = report.zones;
  if (zones === undefined || zones.length === 0) return undefined;
  // Zones that are not shown, of nodes that the task may not use, would be missing from the sum.
  const shown = totalOf(zones.map((zone) => zone.kB.free));
  const free = amount(report.memInfo?.free);
  if (shown === undefined || (free !== undefined && free * pageSizeKB > shown * 1.1)) return undefined;
  return totalOf(zones.map((zone) => zone.kB.managed));
}

/** Of which of the kernel's words `managedKB` makes it. */
export function managedFrom({ totals }: OomReport): string {
  return totals?.ram !== undefined && totals.reserved !== undefined
    ? 'pages RAM − pages reserved'
    : 'managed of the zones';
}

/** Of the machine as a whole, not of a cgroup. */
export function isOfMachine(report: OomReport): boolean {
  const { by } = report.event.caller;
  if (
    report.event.constraint === 'CONSTRAINT_MEMCG' ||
    (report.memcg !== undefined && report.memcg.counters.length > 0)
  )
    return false;
  return by !== 'memcg charge';
}
