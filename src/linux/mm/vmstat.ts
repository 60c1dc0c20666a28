import { ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { lackOfType } from '../../kernel/unreadable-names.js';

/** Counters by the enumerator's own name: NR_FREE_PAGES, PGFAULT. */
export type Counters = ReadonlyMap<string, number>;

type CounterEnum = 'node_stat_item' | 'zone_stat_item' | 'numa_stat_item' | 'vm_event_item';

/**
 * The machine's node counters (vm_node_stat), as global_node_page_state() gives them: without what CPUs have not folded
 * in yet, and never below 0. In pages, where the name does not say KB or counts events.
 */
export function globalNodeCounters(kernel: Kernel): Counters {
  return named(kernel, 'node_stat_item', kernel.global('vm_node_stat'));
}

/** The machine's zone counters (vm_zone_stat), as global_zone_page_state() gives them. */
export function globalZoneCounters(kernel: Kernel): Counters {
  return named(kernel, 'zone_stat_item', kernel.global('vm_zone_stat'));
}

/** NUMA hits and misses (vm_numa_event, before 5.14 vm_numa_stat); empty without NUMA. */
export function globalNumaCounters(kernel: Kernel): Counters {
  if (kernel.hasGlobal('vm_numa_event')) return named(kernel, 'numa_stat_item', kernel.global('vm_numa_event'));
  return kernel.hasGlobal('vm_numa_stat') ? named(kernel, 'numa_stat_item', kernel.global('vm_numa_stat')) : new Map();
}

/** A node's counters, as node_page_state() gives them. */
export function nodeCounters(kernel: Kernel, node: Ref<'pglist_data'>): Counters {
  return named(kernel, 'node_stat_item', node.vm_stat);
}

/** A zone's counters, as zone_page_state() gives them. */
export function zoneCounters(kernel: Kernel, zone: Ref<'zone'>): Counters {
  return named(kernel, 'zone_stat_item', zone.vm_stat);
}

/**
 * What each node's counters lack: the sum of all CPUs' differences that are not folded in. @throws ReadError where a
 * CPU's can't be read
 */
export function nodeCounterDiffs(kernel: Kernel, node: Ref<'pglist_data'>): Counters {
  const { per_cpu_nodestats: stats } = node;
  if (stats === undefined) return new Map();
  return summed(kernel, 'node_stat_item', (cpu) => kernel.perCpu(stats, cpu)?.vm_node_stat_diff);
}

/** What a zone's counters lack; see nodeCounterDiffs. */
export function zoneCounterDiffs(kernel: Kernel, zone: Ref<'zone'>): Counters {
  const { per_cpu_zonestats: stats, pageset } = zone;
  if (stats !== undefined) return summed(kernel, 'zone_stat_item', (cpu) => kernel.perCpu(stats, cpu)?.vm_stat_diff);
  if (pageset === undefined) return new Map();
  return summed(kernel, 'zone_stat_item', (cpu) => kernel.perCpu(pageset, cpu)?.vm_stat_diff);
}

/**
 * Events since boot, over all possible CPUs, as all_vm_events() sums them. @throws ReadError where those of a CPU can't
 * be read
 */
export function vmEvents(kernel: Kernel): Counters {
  return summed(kernel, 'vm_event_item', (cpu) => kernel.perCpuGlobal('vm_event_states', cpu).event);
}

function named(kernel: Kernel, items: CounterEnum, values: readonly number[]): Counters {
  return new Map(
    names(kernel, items).flatMap(([name, index]) => {
      const value = values[index];
      return value === undefined ? [] : [[name, Math.max(value, 0)] as const];
    }),
  );
}

function summed(
  kernel: Kernel,
  items: CounterEnum,
  valuesOn: (cpu: number) => readonly number[] | undefined,
): Counters {
  const sums: number[] = [];
  for (const cpu of kernel.possibleCpus()) {
    valuesOn(cpu)?.forEach((value, index) => {
      sums[index] = (sums[index] ?? 0) + value;
    });
  }
  return new Map(
    names(kernel, items).flatMap(([name, index]) => {
      const value = sums[index];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** @throws ShapeError where this kernel has no such counter: it is no 0 */
export function counterOf(counters: Counters, name: string): number {
  const value = counters.get(name);
  if (value === undefined) throw new ShapeError(`this kernel has no counter ${name}`);
  return value;
}

/**
 * Names by index. Aliases (NR_LRU_BASE and NR_INACTIVE_ANON) share one: the later is the item, the earlier marks its
 * group.
 */
function names(kernel: Kernel, items: CounterEnum): readonly (readonly [string, number])[] {
  return kernel.once(`names of ${items}`, () => {
    const byIndex = new Map<number, string>();
    const values = kernel.enumValues(items);
    if (values.size === 0)
      throw new ShapeError(lackOfType(kernel.types, `enum ${items}`, `this kernel's types have no enum ${items}`));
    for (const [name, index] of values) {
      if (!/^NR_VM_.*_ITEMS$/.test(name)) byIndex.set(index, name);
    }
    return [...byIndex].map(([index, name]) => [name, index] as const).toSorted((a, b) => a[1] - b[1]);
  });
}
