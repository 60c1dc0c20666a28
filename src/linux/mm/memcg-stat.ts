import { ShapeError } from '../../kernel/gaps.js';
import { findMember, resolveType } from '../../debuginfo/type-walk.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { vmEventNames } from './vm-event-names.js';

/**
 * The lines of memory.stat on the unified hierarchy, in the kernel's order, in bytes or as counts of events, as
 * memory_stat_format() writes them: with what lies below the group, without what CPUs have not flushed yet. The names
 * and their order are the kernel's own table.
 * @throws ReadError, ShapeError where the kernel has no such statistics
 */
export function memcgStat(kernel: Kernel, memcg: Ref<'mem_cgroup'>): ReadonlyMap<string, number> {
  const stats = statsOf(kernel, memcg);
  const lines = new Map<string, number>();
  for (const { name, index, ratio } of memoryStatTable(kernel)) {
    if (name === 'hugetlb' && !accountsHugetlb(kernel)) continue;
    lines.set(name, Math.max(stats.state(index), 0) * ratio);
    // The table has the reclaimable ones before.
    if (name === 'slab_unreclaimable') lines.set('slab', lines.get(name)! + lines.get('slab_reclaimable')!);
  }
  for (const [name, count] of eventLines(kernel, stats)) lines.set(name, count);
  return lines;
}

/** The mount option memory_hugetlb_accounting; without it the kernel leaves the line out. */
function accountsHugetlb(kernel: Kernel): boolean {
  const flag = kernel.enumerator('CGRP_ROOT_MEMORY_HUGETLB_ACCOUNTING');
  if (flag === undefined) return false;
  return (
    (kernel.memory.u32(kernel.symbol('cgrp_dfl_root') + BigInt(kernel.offsetOf('cgroup_root', 'flags'))) & flag) !== 0
  );
}

interface Stats {
  /** By enum node_stat_item, and behind it enum memcg_stat_item. */
  state(index: number): number;
  /** By enum vm_event_item; undefined where memcgs do not count it. */
  event(index: number): number | undefined;
}

function statsOf(kernel: Kernel, memcg: Ref<'mem_cgroup'>): Stats {
  const struct = kernel.types.struct('mem_cgroup', 'out_of_memory');
  const member = struct && findMember(struct, 'vmstats');
  const kind = member && resolveType(member.type).kind;
  const at = memcg.$address + BigInt(kernel.offsetOf('mem_cgroup', 'vmstats'));
  const signed = (address: bigint, index: number): number =>
    Number(BigInt.asIntN(64, kernel.memory.u64(address + BigInt(index * 8))));
  // Up to 5.12 two arrays, by the kernel's own item numbers.
  if (kind === 'array') {
    const events = memcg.$address + BigInt(kernel.offsetOf('mem_cgroup', 'vmevents'));
    return { state: (index) => signed(at, index), event: (index) => signed(events, index) };
  }
  // Then a struct, on its own since 6.1.
  const address = kind === 'pointer' ? kernel.memory.u64(at) : at;
  const states = address + BigInt(kernel.offsetOf('memcg_vmstats', 'state'));
  const events = address + BigInt(kernel.offsetOf('memcg_vmstats', 'events'));
  const eventPlaces = eventTable(kernel);
  return {
    state: (index) => {
      const place = statePlace(kernel, index);
      return place === undefined ? 0 : signed(states, place);
    },
    event: (index) => {
      // Since 6.0 only those that a memcg counts are there, in the order of a table.
      const place = eventPlaces ? eventPlaces.indexOf(index) : index;
      return place < 0 ? undefined : signed(events, place);
    },
  };
}

/** mem_cgroup_stats_index (since 6.11): a byte for each item, 255 where memcgs do not count it. */
function statePlace(kernel: Kernel, index: number): number | undefined {
  const table = kernel.findSymbol('mem_cgroup_stats_index');
  if (table === undefined) return index;
  const place = kernel.memory.u8(table + BigInt(index));
  return place === 0xff ? undefined : place;
}

/**
 * memcg_vm_event_stat: enum vm_event_item of each event that memcgs count; undefined before there was such a table
 * (6.0).
 */
function eventTable(kernel: Kernel): readonly number[] | undefined {
  return kernel.once('memcg_vm_event_stat', () => {
    const [symbol] = kernel.findSymbols('memcg_vm_event_stat');
    if (!symbol) return undefined;
    const most = Math.min(Math.floor(symbol.size / 4), MOST_EVENTS);
    const items = Array.from({ length: most }, (_, i) => kernel.memory.u32(symbol.address + BigInt(i * 4)));
    // The symbol's size reaches to the next one: what lies between is zeros, and 0 is PGPGIN only as the first.
    const end = items.findIndex((item, i) => i > 0 && item === 0);
    return end < 0 ? items : items.slice(0, end);
  });
}

const MOST_EVENTS = 256;
const MOST_STATS = 256;

interface StatLine {
  name: string;
  index: number;
  ratio: number;
}

function memoryStatTable(kernel: Kernel): readonly StatLine[] {
  return kernel.once('memory_stats', () => {
    const [symbol] = kernel.findSymbols('memory_stats');
    kernel.bind('memory_stat');
    const size = kernel.sizeOf('memory_stat');
    const names = itemNames(kernel);
    const lines: StatLine[] = [];
    if (!symbol) return lines;
    for (let i = 0; i < Math.min(Math.floor(symbol.size / size), MOST_STATS); i++) {
      const entry = kernel.ref('memory_stat', symbol.address + BigInt(i * size));
      const { name, idx: index } = entry;
      if (name === null || name === '') break;
      lines.push({ name, index, ratio: entry.ratio ?? unitOf(names.get(index), kernel.memory.pageSize) });
    }
    return lines;
  });
}

/** memcg_page_state_unit() and …_output_unit(), by what the items' names say. */
function unitOf(item: string | undefined, pageSize: number): number {
  if (item === undefined) throw new ShapeError('memory_stats has an item that no enum of this kernel has');
  if (item.endsWith('_B') || /^(?:WORKINGSET_|PG)/.test(item)) return 1;
  return item.endsWith('_KB') ? 1024 : pageSize;
}

function itemNames(kernel: Kernel): ReadonlyMap<number, string> {
  return new Map(
    [...kernel.enumValues('node_stat_item'), ...kernel.enumValues('memcg_stat_item')]
      .filter(([name]) => !name.startsWith('NR_VM_'))
      .map(([name, index]) => [index, name]),
  );
}

/** Before there was a table the kernel wrote these, in this order; two are sums. */
const EVENTS_BEFORE_TABLE = [
  'PGFAULT',
  'PGMAJFAULT',
  'PGREFILL',
  'pgscan',
  'pgsteal',
  'PGACTIVATE',
  'PGDEACTIVATE',
  'PGLAZYFREE',
  'PGLAZYFREED',
  'THP_FAULT_ALLOC',
  'THP_COLLAPSE_ALLOC',
];
const RECLAIMERS = ['KSWAPD', 'DIRECT', 'KHUGEPAGED', 'PROACTIVE'];

function* eventLines(kernel: Kernel, stats: Stats): Generator<[string, number]> {
  const named = (name: string): number | undefined => {
    const event = kernel.enumValues('vm_event_item').get(name);
    if (event !== undefined) return stats.event(event);
    // Reclaim's counters became node counters in 7.x.
    const item = kernel.enumValues('node_stat_item').get(name);
    return item === undefined ? undefined : stats.state(item);
  };
  const sum = (verb: string): number =>
    RECLAIMERS.flatMap((who) => named(`${verb}_${who}`) ?? []).reduce((total, count) => total + count, 0);
  const table = eventTable(kernel);
  if (!table) {
    for (const name of EVENTS_BEFORE_TABLE) {
      const count = name === 'pgscan' || name === 'pgsteal' ? sum(name.toUpperCase()) : named(name);
      if (count !== undefined) yield [name.toLowerCase(), count];
    }
    return;
  }
  yield ['pgscan', sum('PGSCAN')];
  yield ['pgsteal', sum('PGSTEAL')];
  const items = new Map([...kernel.enumValues('vm_event_item')].map(([name, index]) => [index, name]));
  const nameOf = vmEventNames(kernel);
  for (const index of table) {
    const item = items.get(index);
    if (item === undefined || item === 'PGPGIN' || item === 'PGPGOUT') continue;
    yield [nameOf(index) ?? item.toLowerCase(), stats.event(index)!];
  }
}
