import { columns, definePlugin, fact, facts, table } from 'oompm';
import { swapAreas, swapTotals, zramDevices } from 'oompm/linux';

export default definePlugin({
  id: 'swap',
  summary: 'How much swap is left, and what zram takes for it',
  needs: ['swap_info_struct'],
  examples: ['vmcore'],
  *run(kernel) {
    const totals = kernel.attempt('swap totals', () => swapTotals(kernel));
    if (!totals) return;
    yield facts('Swap', [
      fact('total', 'Total', 'pages', totals.totalPages),
      fact('free', 'Free', 'pages', totals.freePages),
      fact('cached', 'In swap cache', 'pages', totals.cachePages ?? null),
    ]);
    yield table(
      'Swap areas',
      areaColumns,
      swapAreas(kernel).map((area) => ({
        cells: {
          name: area.name ?? null,
          total: area.totalPages,
          used: area.usedPages,
          priority: area.priority,
          writable: area.writable,
        },
        door: { type: 'struct swap_info_struct', address: area.address },
      })),
      { id: 'areas' },
    );
    const devices = zramDevices(kernel);
    if (devices.length === 0) return;
    yield table(
      'zram',
      zramColumns,
      devices.map((device) => ({
        cells: {
          name: device.name,
          disk: device.diskBytes,
          stored: device.storedPages,
          compressed: device.compressedBytes,
          pool: device.poolPages,
          limit: device.limitPages,
        },
        door: { type: 'struct zram', address: device.address },
      })),
      { id: 'zram', note: 'The pool is memory: what it takes is not freed by swapping out.' },
    );
  },
});

const areaColumns = columns([
  { key: 'name', title: 'DISK', type: 'text' },
  { key: 'total', title: 'TOTAL', type: 'pages' },
  { key: 'used', title: 'USED', type: 'pages' },
  { key: 'priority', title: 'PRIORITY', type: 'integer' },
  { key: 'writable', title: 'WRITABLE', type: 'boolean' },
]);

const zramColumns = columns([
  { key: 'name', title: 'DEVICE', type: 'text' },
  { key: 'disk', title: 'DISK SIZE', type: 'bytes' },
  { key: 'stored', title: 'STORED', type: 'pages' },
  { key: 'compressed', title: 'COMPRESSED', type: 'bytes' },
  { key: 'pool', title: 'POOL', type: 'pages' },
  { key: 'limit', title: 'LIMIT', type: 'pages' },
]);
