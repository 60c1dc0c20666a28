import { chart, columns, fact, facts, table, type ChartView, type FactsView, type TableView } from 'oompm';
import { chargedTo, type OomReport } from 'oompm/oom';

/** What held the cgroup's memory, as shares of its limit. */
export function chargedView(report: OomReport): ChartView | undefined {
  const charged = chargedTo(report);
  if (charged === undefined) return undefined;
  const { usageKB, limitKB = usageKB, consumers, kernel } = charged;
  const parts =
    kernel.length === 0
      ? consumers
      : [...consumers.filter(({ kind }) => kind !== 'kernel'), ...kernel].toSorted((a, b) => b.kB - a.kB);
  const inNoCounter = Math.round(usageKB - parts.reduce((sum, { kB }) => sum + kB, 0));
  const bars = [
    ...parts.map(({ name, kind, kB }) => ({ label: name, value: Math.round(kB), kind })),
    ...(inNoCounter > 0 ? [{ label: 'not in memory.stat', value: inNoCounter, kind: 'unknown' as const }] : []),
  ];
  // Each part is rounded to a kB; that must not make the parts exceed their whole.
  const off = usageKB - bars.reduce((sum, { value }) => sum + value, 0);
  if (Math.abs(off) <= bars.length) bars[0]!.value += off;
  return chart(
    `What held the memory of ${report.memcg?.path ?? 'the cgroup'}`,
    'kB',
    limitKB > usageKB ? [...bars, { label: 'free below the limit', value: limitKB - usageKB, kind: 'free' }] : bars,
    { id: 'charged', total: Math.max(limitKB, usageKB), headline: 'memory' },
  );
}

/** The cgroup's counters: usage, limit and how often the limit was hit. */
export function memcgView({ memcg }: OomReport): FactsView | undefined {
  if (memcg === undefined || memcg.counters.length === 0) return undefined;
  return facts(
    memcg.path === undefined ? 'Cgroup' : `Cgroup ${memcg.path}`,
    memcg.counters.flatMap(({ name, usageKB, limitKB, failures }) => [
      fact(`${name}-usage`, `${name}: usage`, 'kB', usageKB),
      limitKB === null
        ? fact(`${name}-limit`, `${name}: limit`, 'text', 'none')
        : fact(`${name}-limit`, `${name}: limit`, 'kB', limitKB),
      fact(`${name}-failures`, `${name}: limit hit`, 'integer', failures, { note: 'times' }),
    ]),
    { id: 'memcg' },
  );
}

const statColumns = columns([
  { key: 'name', title: 'COUNTER', type: 'text' },
  { key: 'value', title: 'VALUE', type: 'integer' },
]);

/** memory.stat, without what is 0. */
export function memcgStatView({ memcg }: OomReport): TableView | undefined {
  if (memcg?.stat === undefined) return undefined;
  const rows = Object.entries(memcg.stat).flatMap(([name, value]) =>
    value === undefined || Number(value) === 0 ? [] : [{ cells: { name, value } }],
  );
  return table(`memory.stat of ${memcg.statPath ?? memcg.path ?? 'the cgroup'}`, statColumns, rows, {
    id: 'memcg-stat',
    note: `Sizes in ${memcg.statUnit === 'kB' ? 'kB' : 'bytes'}, the others count events; what is 0 is left out.`,
  });
}
