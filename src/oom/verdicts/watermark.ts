import { list, sizeOfKB, numbered } from '../../words/quantity.js';
import { gfpMeaning, requestInWords, type GfpMeaning } from '../gfp.js';
import { amount, freeListOf, ifCounted, pageKB, zoneTitle, type FreeList, type OomReport, type ZoneState } from '../model.js';
import { exactKB } from '../quantity.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, zonesAllowed } from '../zones.js';

/** Why no zone could serve the request: __zone_watermark_ok(), zone by zone. */
export const watermark: Verdict = {
  id: 'oom.watermark',
  judge(report) {
    const { event } = report;
    if (!isOfMachine(report)) return notSo("a cgroup's limit was hit: no zone was asked");
    if (event.order !== undefined && event.order < 0) return notSo('nobody asked for a page: it was by hand');
    const tries = zoneTries(report);
    if (tries === undefined || event.order === undefined) return notSo(notToldOfZones);
    if (tries.length === 0) return notSo('no zone that the request may use is in the report');
    const refused = tries.filter((one) => one.refusal !== undefined);
    if (refused.length < tries.length) {
      return notSo(`${list(tries.filter((one) => one.refusal === undefined).map((one) => zoneTitle(one.zone)))} could serve it when the report was printed`);
    }
    return so({
      id: this.id,
      weight: 90,
      certainty: event.gfp!.namesFrom === 'release' ? 'likely' : 'certain',
      moment: 'report',
      sentence: `No zone could give the request (${requestInWords(event.order, event.gfp, pageKB(report))}): ${refused.map((one) => one.refusal!).join('; ')}.`,
      evidence: tries.map((one) => one.arithmetic),
    });
  },
};

export const notToldOfZones = 'the zones with their counters, the gfp flags or the order are not in the report';

export interface ZoneTry { readonly zone: ZoneState; readonly refusal?: string; readonly arithmetic: string; readonly fragmented: boolean; /** What is left above the watermark; below 0 what lacks. */ readonly spareKB: number }

/** Each zone that the request may use, highest first, with why it refuses; undefined where the report lacks what is needed. */
export function zoneTries(report: OomReport): ZoneTry[] | undefined {
  const allowed = zonesAllowed(report);
  const { gfp, order } = report.event;
  if (allowed === undefined || gfp === undefined || order === undefined) return undefined;
  const meaning = gfpMeaning(gfp)!;
  // The reserve is named after the highest zone that has pages.
  const kept = allowed.zones.at(-1)?.name ?? allowed.highest;
  const tries = allowed.zones.toReversed().map((zone) => tryZone(zone, freeListOf(report, zone), { meaning, order: Math.max(order, 0), index: allowed.index, kept, page: pageKB(report) }));
  return tries.includes(undefined) ? undefined : tries.flatMap((one) => one!);
}

interface Request { readonly meaning: GfpMeaning; readonly order: number; readonly index: number; readonly kept: string; readonly page: number }

/** undefined where the zone's counters do not tell. */
function tryZone(zone: ZoneState, freeList: FreeList | undefined, request: Request): ZoneTry | undefined {
  const { meaning, order, page } = request;
  const title = zoneTitle(zone);
  const [free, printedMin, reservePages] = [amount(zone.kB.free), amount(zone.kB.min), zone.lowmemReservePages?.[request.index]];
  if (free === undefined || printedMin === undefined || reservePages === undefined) return undefined;
  const reserve = reservePages * page;
  const highatomic = meaning.high ? 0 : ifCounted(zone.kB.free_highatomic ?? zone.kB.reserved_highatomic);
  const cma = meaning.movable ? 0 : ifCounted(zone.kB.free_cma);
  const lastPages = (2 ** order - 1) * page;
  const min = minFor(printedMin, meaning);
  const usable = free - lastPages - highatomic - cma - reserve;
  const terms = [
    `${title}: free ${exactKB(free)}`,
    ...(lastPages > 0 ? [`the order's other pages ${exactKB(lastPages)}`] : []),
    ...(highatomic > 0 ? [`highatomic ${exactKB(highatomic)}`] : []),
    ...(cma > 0 ? [`free CMA ${exactKB(cma)}`] : []),
    ...(reserve > 0 ? [`lowmem_reserve ${exactKB(reserve)}`] : []),
  ].join(' − ');
  const sum = terms.includes('−') ? ` = ${exactKB(usable)}` : '';
  const mark = min === printedMin ? `min ${exactKB(min)}` : `${exactKB(min)}, what is left of min ${exactKB(printedMin)} for such a request`;
  const arithmetic = `${terms}${sum} ${usable <= min ? '≤' : '>'} ${mark}`;

  if (meaning.memalloc) return { zone, arithmetic: `${title}: no watermark holds for it`, fragmented: false, spareKB: usable - min };
  if (usable > min) return withBlocks(zone, freeList, request, { arithmetic, free, spareKB: usable - min });
  if (free <= min) return { zone, refusal: `${title} is below its min watermark (${sizeOfKB(free)} free, min ${sizeOfKB(min)})`, arithmetic, fragmented: false, spareKB: usable - min };
  const heldBack = [
    ...(reserve > 0 ? [`its lowmem_reserve for ${request.kept} requests (${sizeOfKB(reserve)})`] : []),
    ...(cma > 0 ? [`CMA, closed to what can't be moved (${sizeOfKB(cma)})`] : []),
    ...(highatomic > 0 ? [`the highatomic reserve (${sizeOfKB(highatomic)})`] : []),
  ];
  const forbids = heldBack.length === 0 ? 'the order leaves too little' : `${list(heldBack)} ${numbered(heldBack.length, 'forbids', 'forbid')} it`;
  return { zone, refusal: `${title} is above its min watermark (${sizeOfKB(free)} free, min ${sizeOfKB(min)}) but ${forbids}`, arithmetic, fragmented: false, spareKB: usable - min };
}

/** Enough pages; for an order above 0 there must be a block as large, of a type that the request may take. */
function withBlocks(zone: ZoneState, freeList: FreeList | undefined, { meaning, order, page }: Request, { arithmetic, free, spareKB }: { arithmetic: string; free: number; spareKB: number }): ZoneTry {
  if (order === 0 || freeList === undefined) return { zone, arithmetic, fragmented: false, spareKB };
  const usable = freeList.orders.slice(order).some(({ blocks, types }) => Number(blocks) > 0
    && (types === undefined || /[UME]/.test(types) || (meaning.movable && types.includes('C')) || (meaning.atomic && types.includes('H'))));
  if (usable) return { zone, arithmetic, fragmented: false, spareKB };
  const size = page * 2 ** order;
  return {
    zone,
    refusal: `${zoneTitle(zone)} is fragmented: ${sizeOfKB(free)} are free, but no block of ${size} kB that the request may take`,
    arithmetic: `${arithmetic}; free blocks of ${size} kB and more: ${freeList.orders.slice(order).map(({ blocks, blockKB, types }) => `${blocks}*${blockKB}kB${types === undefined ? '' : ` (${types})`}`).join(' ') || 'none'}`,
    fragmented: true,
    spareKB,
  };
}

/** Part of the reserve below min is open to urgent requests: half to __GFP_HIGH, a further quarter of the rest to GFP_ATOMIC. */
function minFor(min: number, meaning: GfpMeaning): number {
  let left = min;
  if (meaning.high) left -= left / 2;
  if (meaning.atomic) left -= left / 4;
  return left;
}
