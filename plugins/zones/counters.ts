import { columns, readOrGap, table, type Gap, type Kernel, type TableView } from 'oompm';
import {
  globalNodeCounters,
  globalNumaCounters,
  globalZoneCounters,
  nodeCounterDiffs,
  nodeCounters,
  vmEvents,
  zoneCounterDiffs,
  type Counters,
  type NodeRef,
  type Zone,
} from 'oompm/linux';

const counterColumns = columns([
  { key: 'of', title: 'OF', type: 'text' },
  { key: 'counter', title: 'COUNTER', type: 'text' },
  { key: 'value', title: 'VALUE', type: 'integer' },
  { key: 'notFolded', title: 'NOT FOLDED IN', type: 'integer' },
]);

const noDiffs: Counters = new Map();

/** All vmstat counters, in the kernel's own units: pages, or kB where the name says so, or events. */
export function* counterTables(
  kernel: Kernel,
  nodes: readonly NodeRef[],
  zones: readonly Zone[],
): Generator<TableView> {
  const read = (what: string, counters: () => Counters): Counters => kernel.attempt(what, counters) ?? noDiffs;
  yield table(
    'Counters of the machine',
    counterColumns,
    [
      ...rows(
        'machine',
        read('vm_node_stat', () => globalNodeCounters(kernel)),
      ),
      ...rows(
        'machine',
        read('vm_zone_stat', () => globalZoneCounters(kernel)),
      ),
      ...rows(
        'machine',
        read('vm_numa_event', () => globalNumaCounters(kernel)),
      ),
    ],
    { id: 'machine-counters' },
  );
  yield table(
    'Counters of nodes',
    counterColumns,
    nodes.flatMap((node) =>
      rows(
        `Node ${kernel.attempt('node_id', () => node.node_id) ?? '?'}`,
        read('vm_stat', () => nodeCounters(kernel, node)),
        readOrGap('vm_node_stat_diff', () => nodeCounterDiffs(kernel, node)),
      ),
    ),
    {
      id: 'node-counters',
      note: 'CPUs keep small differences for themselves; the kernel prints counters without them.',
    },
  );
  yield table(
    'Counters of zones',
    counterColumns,
    zones.flatMap((zone) =>
      rows(
        `Node ${zone.node} ${zone.name}`,
        zone.counters,
        readOrGap('vm_stat_diff', () => zoneCounterDiffs(kernel, zone.ref)),
      ),
    ),
    { id: 'zone-counters' },
  );
  yield table(
    'Events since boot',
    counterColumns,
    rows(
      'machine',
      read('vm_event_states', () => vmEvents(kernel)),
    ),
    { id: 'events' },
  );
}

function rows(of: string, counters: Counters, diffs: Counters | Gap = noDiffs) {
  return [...counters].map(([counter, value]) => ({
    cells: { of, counter, value, notFolded: 'gap' in diffs ? diffs : (diffs.get(counter) ?? null) },
  }));
}
