import { chart, columns, definePlugin, gap, table } from 'oompm';
import { lossesInWords, slabCaches, withGaps } from 'oompm/linux';

/** In a report the largest tell; the others are one line of a command away. */
const CACHES_IN_REPORT = 20;
/** Bars that can be told apart. */
const CHARTED = 10;

export default definePlugin({
  id: 'slab',
  summary: 'Slab caches by the memory they take',
  needs: ['kmem_cache', 'kmem_cache_node'],
  flags: {
    limit: { type: 'integer', char: 'n', min: 1, summary: 'only the N largest' },
    unreclaimable: { type: 'boolean', char: 'u', summary: 'only caches that memory pressure does not shrink' },
  },
  inReport: { limit: CACHES_IN_REPORT },
  examples: ['vmcore', 'vmcore --unreclaimable --limit 10'],
  *run(kernel, { limit, unreclaimable }) {
    const { result: found, gaps } = withGaps(kernel, () => slabCaches(kernel));
    // Shares of a whole, and how many more there are, are told of a list that could be read to its end.
    const whole = lossesInWords(gaps) === undefined;
    const caches = found
      .filter((cache) => cache.totalObjects > 0 && !(unreclaimable && cache.reclaimable))
      .toSorted((a, b) => b.totalObjects * b.size - a.totalObjects * a.size || (a.name < b.name ? -1 : 1));
    const shown = caches.slice(0, limit ?? caches.length);
    yield table(
      unreclaimable ? 'Slab caches that memory pressure does not shrink' : 'Slab caches',
      cacheColumns,
      shown.map((cache) => ({
        cells: {
          name: cache.name,
          total: cache.totalObjects * cache.size,
          used: cache.activeObjects === undefined ? unknownUse : cache.activeObjects * cache.size,
          objects: cache.totalObjects,
          active: cache.activeObjects ?? unknownUse,
          objectSize: cache.size,
          slabs: cache.slabs,
          pages: cache.pages,
          reclaimable: cache.reclaimable,
        },
        door: { type: 'struct kmem_cache', address: cache.address },
      })),
      {
        id: 'caches',
        sorted: { column: 'total', descending: true },
        note: noteOn(whole, caches.length - shown.length),
      },
    );
    yield chart(
      'The largest',
      'bytes',
      caches.slice(0, CHARTED).map((cache) => ({ label: cache.name, value: cache.totalObjects * cache.size })),
      {
        id: 'largest',
        ...(whole ? { total: caches.reduce((sum, cache) => sum + cache.totalObjects * cache.size, 0) } : {}),
      },
    );
  },
});

/** @param whole all caches and their slabs could be read */
function noteOn(whole: boolean, smaller: number): string {
  if (!whole) return 'Not all caches can be read, or not all of their slabs: there may be others as large.';
  if (smaller > 0) return `${smaller} smaller ones are not shown.`;
  return 'Objects on CPUs’ own slabs count as used, as in /proc/slabinfo.';
}

const unknownUse = gap('partial slabs', 'not all of them can be read');

const cacheColumns = columns([
  { key: 'name', title: 'CACHE', type: 'text' },
  { key: 'total', title: 'TOTAL', type: 'bytes' },
  { key: 'used', title: 'USED', type: 'bytes' },
  { key: 'objects', title: 'OBJECTS', type: 'integer' },
  { key: 'active', title: 'ACTIVE', type: 'integer', dispensable: 1 },
  { key: 'objectSize', title: 'OBJECT', type: 'bytes', exact: true },
  { key: 'slabs', title: 'SLABS', type: 'integer', dispensable: 2 },
  { key: 'pages', title: 'PAGES', type: 'pages', dispensable: 3 },
  { key: 'reclaimable', title: 'RECLAIMABLE', type: 'boolean' },
]);
