import {
  chart,
  columns,
  fact,
  facts,
  gap,
  table,
  type ChartView,
  type FactsView,
  type RowOf,
  type TableView,
} from 'oompm';
import {
  amount,
  consumers,
  gfpMeaning,
  scopeOf,
  zoneTitle,
  zoneTries,
  type Count,
  type OomReport,
  type ZoneState,
} from 'oompm/oom';

/** The consumers as shares of all that the kernel manages; they add up to it. */
export function consumersView(report: OomReport): ChartView | undefined {
  const found = consumers(report);
  if (found === undefined) return undefined;
  const rest =
    found.unaccountedKB > 0
      ? [
          {
            label: found.unread.length === 0 ? 'not accounted for' : 'not accounted for, or not read',
            value: found.unaccountedKB,
            kind: 'unknown' as const,
          },
        ]
      : [];
  const bars = [...found.consumers.map(({ name, kind, kB }) => ({ label: name, value: kB, kind })), ...rest];
  // Where a cgroup's limit was hit, the picture to see first is the cgroup's.
  return scopeOf(report) === 'memcg'
    ? chart("What held the machine's memory", 'kB', bars, { id: 'consumers', total: found.managedKB })
    : chart('What held the memory', 'kB', bars, { id: 'consumers', total: found.managedKB, headline: 'memory' });
}

const stateColumns = columns([
  { key: 'zone', title: 'ZONE', type: 'text' },
  { key: 'free', title: 'FREE', type: 'kB' },
  { key: 'min', title: 'MIN', type: 'kB' },
  { key: 'low', title: 'LOW', type: 'kB' },
  { key: 'high', title: 'HIGH', type: 'kB' },
  { key: 'managed', title: 'MANAGED', type: 'kB' },
]);

const checkColumns = columns([...stateColumns, { key: 'reckoning', title: 'WATERMARK CHECK', type: 'text' }]);

/** Each zone that the report shows; where a page was requested, with how the watermark check comes out there. */
export function zonesView(report: OomReport): TableView | undefined {
  const { zones } = report;
  if (zones === undefined || zones.length === 0) return undefined;
  const { order } = report.event;
  const asked = order === undefined ? report.kind !== 'show-mem' : order >= 0;
  if (!asked)
    return table(
      'Zones',
      stateColumns,
      zones.map((zone) => ({ cells: stateCells(zone) })),
      { id: 'zones' },
    );
  const found = zoneTries(report);
  const tries = new Map(found?.map((one) => [one.zone, one.arithmetic.text.replace(`${zoneTitle(one.zone)}: `, '')]));
  const reckoning = (zone: ZoneState): string | null =>
    found === undefined ? null : (tries.get(zone) ?? 'not usable by the request');
  return table(
    'Zones',
    checkColumns,
    zones.map((zone) => ({ cells: { ...stateCells(zone), reckoning: reckoning(zone) } })),
    { id: 'zones' },
  );
}

function stateCells(zone: ZoneState): RowOf<typeof stateColumns>['cells'] {
  return {
    zone: zoneTitle(zone),
    free: cell(zone.kB.free),
    min: cell(zone.kB.min),
    low: cell(zone.kB.low),
    high: cell(zone.kB.high),
    managed: cell(zone.kB.managed),
  };
}

/**
 * Each zone's free memory on the scale of its watermarks, and how much must be free for the request to be served there.
 */
export function watermarksView(report: OomReport): ChartView | undefined {
  const { zones } = report;
  const { order, gfp } = report.event;
  const asked =
    scopeOf(report) !== 'memcg' &&
    order !== undefined &&
    order >= 0 &&
    gfp !== undefined &&
    gfpMeaning(gfp)?.memalloc === false;
  const spare = new Map(asked ? zoneTries(report)?.map(({ zone, spareKB }) => [zone, spareKB]) : undefined);
  const bars = zones?.flatMap((zone) => {
    const free = amount(zone.kB.free);
    return free === undefined
      ? []
      : [{ label: zoneTitle(zone), value: free, marks: marksOf(zone, free, spare.get(zone)) }];
  });
  return bars === undefined || bars.length === 0
    ? undefined
    : chart('Free memory against watermarks', 'kB', bars, { id: 'watermarks', headline: 'zones' });
}

function marksOf(zone: ZoneState, free: number, spare: number | undefined): { label: string; value: number }[] {
  const marks = (['min', 'low', 'high'] as const).flatMap((label) => {
    const value = amount(zone.kB[label]);
    return value === undefined ? [] : [{ label, value }];
  });
  // What is held back from such a request (lowmem_reserve, CMA, the highatomic reserve) must be free besides.
  const needed = spare === undefined ? undefined : free - spare;
  return needed === undefined || marks.some(({ value }) => value === needed)
    ? marks
    : [...marks, { label: 'what the request needs', value: needed }];
}

const slabColumns = columns([
  { key: 'name', title: 'CACHE', type: 'text' },
  { key: 'used', title: 'USED', type: 'kB' },
  { key: 'total', title: 'TOTAL', type: 'kB' },
]);

const MOST_CACHES = 20;
const unknownUse = gap('partial slabs', 'not all of them can be read');

/** The largest unreclaimable slab caches, where the report lists them. */
export function slabView({ slab }: OomReport): TableView | undefined {
  if (slab === undefined || slab.caches.length === 0) return undefined;
  const largest = slab.caches.toSorted((a, b) => Number(b.totalKB) - Number(a.totalKB)).slice(0, MOST_CACHES);
  const note =
    slab.caches.length > MOST_CACHES ? { note: `The largest ${MOST_CACHES} of ${slab.caches.length} caches.` } : {};
  return table(
    'Unreclaimable slab caches',
    slabColumns,
    largest.map((cache) => ({ cells: { name: cache.name, used: cache.usedKB ?? unknownUse, total: cache.totalKB } })),
    { id: 'slab', ...note },
  );
}

/** Swap and hugetlb pools. */
export function swapView({ swap, hugepages }: OomReport): FactsView | undefined {
  const pools = hugepages?.filter((pool) => Number(pool.total) > 0);
  if (swap === undefined && (pools === undefined || pools.length === 0)) return undefined;
  return facts(
    'Swap and huge pages',
    [
      ...(swap?.totalKB === undefined ? [] : [fact('swapTotal', 'Swap', 'kB', swap.totalKB)]),
      ...(swap?.freeKB === undefined ? [] : [fact('swapFree', 'Free swap', 'kB', swap.freeKB)]),
      ...(swap?.cachePages === undefined ? [] : [fact('swapCache', 'Swap cache', 'pages', swap.cachePages)]),
      ...[pools].flatMap(
        (known) =>
          known?.map((pool) =>
            fact(
              `hugetlb-${pool.node}-${pool.sizeKB}`,
              `Huge pages of ${pool.sizeKB} kB, node ${pool.node}`,
              'integer',
              pool.total,
              { note: `${pool.free} free` },
            ),
          ) ?? [],
      ),
    ],
    { id: 'swap' },
  );
}

function cell(value: Count | undefined): Count | null {
  return value ?? null;
}
