import { chart, columns, definePlugin, table } from 'oompm';
import { allZones, countFreeLists, freeLists, onlineNodes, zoneNames } from 'oompm/linux';

import { counterTables } from './counters.js';
import { zoneColumns, zoneRow } from './zone-table.js';
import { nodeColumns, nodeRow } from './node-table.js';

export default definePlugin({
  id: 'zones',
  summary: 'Nodes and zones: free memory, watermarks, free lists',
  needs: ['pglist_data', 'zone', 'free_area'],
  flags: {
    counters: {
      type: 'boolean',
      char: 'c',
      summary: 'all vmstat counters: of the machine, of each node and zone, and events',
    },
    count: { type: 'boolean', summary: 'count the blocks on each free list by walking it' },
  },
  examples: ['vmcore', 'vmcore --counters', 'vmcore --count'],
  *run(kernel, flags) {
    const nodes = onlineNodes(kernel);
    const zones = allZones(kernel);
    const names = zoneNames(kernel);
    yield table(
      'Nodes',
      nodeColumns,
      nodes.flatMap((node) => kernel.attempt('struct pglist_data', () => nodeRow(kernel, node)) ?? []),
    );
    yield table('Zones', zoneColumns, zones.map(zoneRow));
    yield chart(
      'Free pages against watermarks',
      'pages',
      zones.map((zone) => ({
        label: `Node ${zone.node} ${zone.name}`,
        value: zone.freePages,
        marks: [
          { label: 'min', value: zone.watermarks.min },
          { label: 'low', value: zone.watermarks.low },
          { label: 'high', value: zone.watermarks.high },
        ],
      })),
      { id: 'watermarks', headline: 'zones' },
    );
    yield table(
      'Lowmem reserve',
      reserveColumns,
      zones.flatMap((zone) =>
        zone.lowmemReserve.map((pages, index) => ({
          cells: { node: zone.node, zone: zone.name, for: names[index] ?? `zone ${index}`, reserve: pages },
        })),
      ),
      { id: 'lowmem-reserve', note: 'What each zone keeps back from requests that could be served by a higher one.' },
    );
    yield table(
      'Free lists',
      freeColumns,
      zones.flatMap(
        (zone) =>
          kernel.attempt(`free lists of ${zone.name}`, () =>
            freeLists(kernel, zone).map((order) => ({
              cells: {
                node: zone.node,
                zone: zone.name,
                order: order.order,
                block: order.blockKB,
                blocks: order.blocks,
                size: order.blocks * order.blockKB,
                types: order.types,
              },
            })),
          ) ?? [],
      ),
      {
        id: 'free-lists',
        note: 'Types with a block there: U unmovable, M movable, E reclaimable, H highatomic, C CMA, I isolated.',
      },
    );
    if (flags.count) {
      yield table(
        'Free blocks by type, counted',
        countColumns,
        zones.flatMap(
          (zone) =>
            kernel.attempt(`free lists of ${zone.name}`, () =>
              countFreeLists(kernel, zone).flatMap((counts, order) =>
                [...counts]
                  .filter(([, blocks]) => blocks > 0)
                  .map(([type, blocks]) => ({ cells: { node: zone.node, zone: zone.name, order, type, blocks } })),
              ),
            ) ?? [],
        ),
        { id: 'free-counted' },
      );
    }
    if (flags.counters) yield* counterTables(kernel, nodes, zones);
  },
});

const reserveColumns = columns([
  { key: 'node', title: 'NODE', type: 'integer' },
  { key: 'zone', title: 'ZONE', type: 'text' },
  { key: 'for', title: 'FOR REQUESTS UP TO', type: 'text' },
  { key: 'reserve', title: 'RESERVE', type: 'pages' },
]);

const freeColumns = columns([
  { key: 'node', title: 'NODE', type: 'integer' },
  { key: 'zone', title: 'ZONE', type: 'text' },
  { key: 'order', title: 'ORDER', type: 'integer' },
  { key: 'block', title: 'BLOCK', type: 'kB' },
  { key: 'blocks', title: 'BLOCKS', type: 'integer' },
  { key: 'size', title: 'SIZE', type: 'kB' },
  { key: 'types', title: 'TYPES', type: 'text' },
]);

const countColumns = columns([
  { key: 'node', title: 'NODE', type: 'integer' },
  { key: 'zone', title: 'ZONE', type: 'text' },
  { key: 'order', title: 'ORDER', type: 'integer' },
  { key: 'type', title: 'TYPE', type: 'text' },
  { key: 'blocks', title: 'BLOCKS', type: 'integer' },
]);
