import { Implausible, ShapeError } from '../../kernel/gaps.js';
import { withGaps } from '../../kernel/gathered-gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { onlineNodes, type NodeRef } from './nodes.js';
import { perCpuPages } from './per-cpu-pages.js';
import { counterOf, zoneCounters, type Counters } from './vmstat.js';

/** A populated zone as show_mem() tells it; everything in pages. */
export interface Zone {
  readonly ref: Ref<'zone'>;
  readonly node: number;
  /** enum zone_type; an allocation's highest allowed zone is held against it. */
  readonly index: number;
  readonly name: string;
  readonly startPfn: number;
  readonly spannedPages: number;
  readonly presentPages: number;
  /** What the buddy allocator was given. */
  readonly managedPages: number;
  /** undefined where a zone does not count them: without CMA, and up to 5.10 with it. */
  readonly cmaPages: number | undefined;
  readonly freePages: number;
  /** With the boost in them, as min_wmark_pages() and its fellows give them. */
  readonly watermarks: Watermarks;
  /** undefined: this kernel does not boost (before 5.0). */
  readonly boostPages: number | undefined;
  readonly reservedHighatomicPages: number | undefined;
  /** Since 6.13. */
  readonly freeHighatomicPages: number | undefined;
  /** By enum zone_type of the request's highest zone. */
  readonly lowmemReserve: readonly number[];
  readonly pcpPagesByCpu: ReadonlyMap<number, number>;
  /** undefined: not those of every CPU can be read. */
  readonly pcpPages: number | undefined;
  readonly counters: Counters;
}

/** min_wmark_pages() and its siblings, each with `watermark_boost`: in pages. */
export interface Watermarks {
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** Since 5.18: where a node of slower memory takes pages over. */
  readonly promo: number | undefined;
}

/** A node's populated zones, lowest first: those with present pages, as for_each_populated_zone() visits them. */
export function zonesOf(kernel: Kernel, node: NodeRef): readonly Zone[] {
  return readZones(kernel, node).flatMap((zone) => zone ?? []);
}

/** The same, for sums: undefined where one of them can't be read. */
export function everyZoneOf(kernel: Kernel, node: NodeRef): readonly Zone[] | undefined {
  const zones = readZones(kernel, node);
  return zones.includes(undefined) ? undefined : zonesOf(kernel, node);
}

/** By index: null for one without pages, undefined for one that can't be read. */
function readZones(kernel: Kernel, node: NodeRef): readonly (Zone | null | undefined)[] {
  return kernel.once(
    `zones of 0x${node.$address.toString(16)}`,
    () =>
      kernel
        .attempt('node_zones', () => node.node_zones)
        ?.map((zone, index) =>
          kernel.attempt(`node_zones[${index}]`, () =>
            zone.present_pages === 0 ? null : readZone(kernel, node.node_id, zone, index),
          ),
        ) ?? [undefined],
  );
}

/** The populated zones of all nodes. */
export function allZones(kernel: Kernel): readonly Zone[] {
  return onlineNodes(kernel).flatMap((node) => zonesOf(kernel, node));
}

/** The same, for sums: undefined where a node or a zone can't be read. */
export function everyZone(kernel: Kernel): readonly Zone[] | undefined {
  const { result: nodes, gaps } = withGaps(kernel, () => onlineNodes(kernel));
  const zones = nodes.map((node) => everyZoneOf(kernel, node));
  return gaps.length > 0 || nodes.length === 0 || zones.includes(undefined) ? undefined : zones.flatMap((own) => own!);
}

/** Names by enum zone_type, of zones without pages too. */
export function zoneNames(kernel: Kernel): readonly string[] {
  return onlineNodes(kernel)
    .slice(0, 1)
    .flatMap(
      (node) =>
        kernel.attempt('names of zones', () => node.node_zones.map((zone, index) => zone.name ?? `zone ${index}`)) ??
        [],
    );
}

function readZone(kernel: Kernel, node: number, zone: Ref<'zone'>, index: number): Zone {
  const { managed_pages: managed, present_pages: present, spanned_pages: spanned } = zone;
  if (managed < 0 || managed > present || present > spanned)
    throw new Implausible(`a zone that manages ${managed} of ${present} present pages of ${spanned}`, zone.$address);
  const counters = zoneCounters(kernel, zone);
  const free = counterOf(counters, 'NR_FREE_PAGES');
  if (free > spanned) throw new Implausible(`a zone of ${spanned} pages with ${free} free ones`, zone.$address);
  const pcpPagesByCpu = perCpuPages(kernel, zone);
  return {
    ref: zone,
    node,
    index,
    counters,
    name: zone.name ?? `zone ${index}`,
    startPfn: zone.zone_start_pfn,
    spannedPages: spanned,
    presentPages: present,
    managedPages: managed,
    cmaPages: zone.cma_pages,
    freePages: free,
    watermarks: watermarks(kernel, zone),
    boostPages: zone.watermark_boost,
    reservedHighatomicPages: zone.nr_reserved_highatomic,
    freeHighatomicPages: zone.nr_free_highatomic,
    lowmemReserve: zone.lowmem_reserve,
    pcpPagesByCpu,
    pcpPages:
      pcpPagesByCpu.size < kernel.possibleCpus().length
        ? undefined
        : [...pcpPagesByCpu.values()].reduce((sum, pages) => sum + pages, 0),
  };
}

function watermarks(kernel: Kernel, zone: Ref<'zone'>): Watermarks {
  const marks = zone._watermark;
  const boost = zone.watermark_boost === undefined ? 0 : zone.watermark_boost;
  const mark = (name: string, usual: number): number => {
    const value = marks[kernel.enumerator(name) ?? usual];
    if (value === undefined) throw new ShapeError(`\`struct zone\` has no watermark ${name} in this kernel`);
    return value + boost;
  };
  const promo = kernel.enumerator('WMARK_PROMO');
  return {
    min: mark('WMARK_MIN', 0),
    low: mark('WMARK_LOW', 1),
    high: mark('WMARK_HIGH', 2),
    promo: promo === undefined ? undefined : mark('WMARK_PROMO', promo),
  };
}
