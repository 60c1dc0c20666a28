import { columns, doorTo, gap, type RowOf } from 'oompm';
import type { Zone } from 'oompm/linux';

export const zoneColumns = columns([
  { key: 'node', title: 'NODE', type: 'integer' },
  { key: 'zone', title: 'ZONE', type: 'text' },
  { key: 'free', title: 'FREE', type: 'pages' },
  { key: 'min', title: 'MIN', type: 'pages' },
  { key: 'low', title: 'LOW', type: 'pages' },
  { key: 'high', title: 'HIGH', type: 'pages' },
  { key: 'boost', title: 'BOOST', type: 'pages', dispensable: 2 },
  { key: 'highatomic', title: 'HIGHATOMIC', type: 'pages', dispensable: 2 },
  { key: 'cma', title: 'CMA', type: 'pages', dispensable: 2 },
  { key: 'freeCma', title: 'FREE CMA', type: 'pages', dispensable: 2 },
  { key: 'pcp', title: 'PER-CPU', type: 'pages', dispensable: 1 },
  { key: 'managed', title: 'MANAGED', type: 'pages' },
  { key: 'present', title: 'PRESENT', type: 'pages', dispensable: 1 },
  { key: 'spanned', title: 'SPANNED', type: 'pages', dispensable: 3 },
]);

export function zoneRow(zone: Zone): RowOf<typeof zoneColumns> {
  const { watermarks } = zone;
  return {
    cells: {
      node: zone.node,
      zone: zone.name,
      free: zone.freePages,
      min: watermarks.min,
      low: watermarks.low,
      high: watermarks.high,
      boost: zone.boostPages ?? null,
      highatomic: zone.reservedHighatomicPages ?? null,
      cma: zone.cmaPages ?? null,
      freeCma: zone.counters.get('NR_FREE_CMA_PAGES') ?? null,
      pcp: zone.pcpPages ?? gap('per-CPU pages', 'not those of every CPU can be read'),
      managed: zone.managedPages,
      present: zone.presentPages,
      spanned: zone.spannedPages,
    },
    door: doorTo(zone.ref),
  };
}
