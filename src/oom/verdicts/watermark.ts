import { exactly } from '../../words/known-facts.js';
import { list, numbered } from '../../words/quantity.js';
import { told, toldJoined, toldList, toldOf, type KnownFact, type Told } from '../../words/told.js';
import { gfpMeaning, requestInWords, type GfpMeaning } from '../gfp.js';
import {
  amount,
  freeListOf,
  ifCounted,
  pageKB,
  zoneTitle,
  type FreeList,
  type OomReport,
  type ZoneState,
} from '../model.js';
import { factsIn } from '../report-facts.js';
import { conclude, findingKind } from '../../words/finding.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB, zonesAllowed } from '../zones.js';

const kind = findingKind({
  id: 'oom.watermark',
  meaning:
    'Why no zone could serve the request: its free pages against its watermark and reserve, or no block of that order.',
  when: 'each zone that the request may use refuses it by __zone_watermark_ok()',
  moment: 'report',
  step: 'certain',
});

/** Why no zone could serve the request: __zone_watermark_ok(), zone by zone. */
export const watermark: Verdict = {
  id: kind.id,
  kinds: [kind],
  judge(report) {
    const { event } = report;
    if (!isOfMachine(report)) return notSo("a cgroup's limit was hit: no zone was asked");
    if (event.order !== undefined && event.order < 0) return notSo('no page was requested: it was started manually');
    const tries = zoneTries(report);
    if (tries === undefined || event.order === undefined) return notSo(notToldOfZones);
    if (tries.length === 0) return notSo('no zone that the request may use is in the report');
    const refused = tries.flatMap((one) => (one.refusal === undefined ? [] : [{ ...one, refusal: one.refusal }]));
    if (refused.length < tries.length) {
      const able = tries.filter((one) => one.refusal === undefined).map((one) => zoneTitle(one.zone));
      return notSo(`${list(able)} could serve it when the report was printed`);
    }
    const why = toldJoined(refused.map(({ refusal }) => refusal));
    return so(
      conclude(
        kind,
        {
          subject: { kind: 'zones', name: list(refused.map(({ zone }) => zoneTitle(zone))) },
          restsOn:
            event.gfp!.namesFrom === 'release'
              ? [{ what: 'the bits of gfp_mask are named as this release has them by default', certainty: 'likely' }]
              : [],
          sentence: told`No zone could give the request (${requestTold(report, event.order)}): ${why}.`,
          evidence: tries.map((one) => one.arithmetic),
        },
        isOfFew(report, tries) ? 'few zones may serve it, or no block is large enough' : 'all memory may serve it',
      ),
    );
  },
};

/** Where all memory may serve a request, that its watermarks are reached says only that it is full. */
function isOfFew(report: OomReport, tries: readonly ZoneTry[]): boolean {
  const open = tries.reduce((sum, { zone }) => sum + ifCounted(zone.kB.managed), 0);
  const all = managedKB(report, pageKB(report));
  return (all !== undefined && open < all * mostOfIt) || tries.some(({ fragmented }) => fragmented);
}

/** The zone DMA has 15 MiB at most, and most requests may not use it. */
const mostOfIt = 0.9;

export const notToldOfZones = 'the zones with their counters, the gfp flags or the order are not in the report';

/** A zone against the request, as __zone_watermark_ok() weighs it. No `refusal`: it could have served. */
export interface ZoneTry {
  readonly zone: ZoneState;
  readonly refusal?: Told;
  readonly arithmetic: Told;
  readonly fragmented: boolean;
  /** What is left above the watermark; below 0 what lacks. */
  readonly spareKB: number;
}

/**
 * Each zone that the request may use, highest first, with why it refuses; undefined where the report lacks what is
 * needed.
 */
export function zoneTries(report: OomReport): ZoneTry[] | undefined {
  const allowed = zonesAllowed(report);
  const { gfp, order } = report.event;
  if (allowed === undefined || gfp === undefined || order === undefined) return undefined;
  const meaning = gfpMeaning(gfp)!;
  // The reserve is named after the highest zone that has pages.
  const kept = allowed.zones.at(-1)?.name ?? allowed.highest;
  const tries = allowed.zones.toReversed().map((zone) =>
    tryZone(report, zone, freeListOf(report, zone), {
      meaning,
      order: Math.max(order, 0),
      index: allowed.index,
      kept,
      page: pageKB(report),
    }),
  );
  return tries.includes(undefined) ? undefined : tries.flatMap((one) => one!);
}

interface Request {
  readonly meaning: GfpMeaning;
  readonly order: number;
  readonly index: number;
  readonly kept: string;
  readonly page: number;
}

/** undefined where the zone's counters do not tell. */
function tryZone(
  report: OomReport,
  zone: ZoneState,
  freeList: FreeList | undefined,
  request: Request,
): ZoneTry | undefined {
  const { meaning, order, page } = request;
  const title = zoneTitle(zone);
  const [free, printedMin, reservePages] = [
    amount(zone.kB.free),
    amount(zone.kB.min),
    zone.lowmemReservePages?.[request.index],
  ];
  if (free === undefined || printedMin === undefined || reservePages === undefined) return undefined;
  const reserve = reservePages * page;
  const highatomic = meaning.high ? 0 : ifCounted(zone.kB.free_highatomic ?? zone.kB.reserved_highatomic);
  const cma = meaning.movable ? 0 : ifCounted(zone.kB.free_cma);
  const lastPages = (2 ** order - 1) * page;
  const min = minFor(printedMin, meaning);
  const usable = free - lastPages - highatomic - cma - reserve;
  const facts = zoneFacts(report, title);
  const terms = [
    told`${title}: free ${exactly(facts('free', free))}`,
    ...(lastPages > 0
      ? [told`the order's other pages ${exactly(facts('other pages', lastPages, '(2^order − 1) × page size'))}`]
      : []),
    ...(highatomic > 0 ? [told`highatomic ${exactly(facts('reserved_highatomic', highatomic))}`] : []),
    ...(cma > 0 ? [told`free CMA ${exactly(facts('free_cma', cma))}`] : []),
    ...(reserve > 0
      ? [
          told`lowmem_reserve ${exactly(facts('lowmem_reserve', reserve, `lowmem_reserve[${request.index}] × page size`))}`,
        ]
      : []),
  ];
  const sum = terms.length > 1 ? told` = ${exactly(facts('usable', usable, 'free − what is kept back'))}` : '';
  const [minTold, leftTold] = [facts('min', printedMin), facts('min for it', min, 'min, less what the gfp flags open')];
  const mark =
    min === printedMin
      ? told`min ${exactly(minTold)}`
      : told`${exactly(leftTold)}, what is left of min ${exactly(minTold)} for such a request`;
  const arithmetic = told`${toldJoined(terms, ' − ')}${sum} ${usable <= min ? '≤' : '>'} ${mark}`;
  const isFree = told`${facts('free', free)} free`;

  if (meaning.memalloc)
    return { zone, arithmetic: told`${title}: no watermark holds for it`, fragmented: false, spareKB: usable - min };
  if (usable > min)
    return withBlocks(report, zone, freeList, request, {
      arithmetic,
      free: facts('free', free),
      spareKB: usable - min,
    });
  if (free <= min)
    return {
      zone,
      refusal: told`${title} is below its min watermark (${isFree}, min ${min === printedMin ? minTold : leftTold})`,
      arithmetic,
      fragmented: false,
      spareKB: usable - min,
    };
  const heldBack = [
    ...(reserve > 0
      ? [
          told`its lowmem_reserve for ${request.kept} requests (${facts('lowmem_reserve', reserve, `lowmem_reserve[${request.index}] × page size`)})`,
        ]
      : []),
    ...(cma > 0 ? [told`CMA, closed to what can't be moved (${facts('free_cma', cma)})`] : []),
    ...(highatomic > 0 ? [told`the highatomic reserve (${facts('reserved_highatomic', highatomic)})`] : []),
  ];
  const forbids =
    heldBack.length === 0
      ? 'the order leaves too little'
      : told`${toldList(heldBack)} ${numbered(heldBack.length, 'forbids', 'forbid')} it`;
  return {
    zone,
    refusal: told`${title} is above its min watermark (${isFree}, min ${min === printedMin ? minTold : leftTold}) but ${forbids}`,
    arithmetic,
    fragmented: false,
    spareKB: usable - min,
  };
}

/** Facts of a zone, named after it: "Node 0 DMA32 free". */
function zoneFacts(report: OomReport, title: string): (counter: string, kB: number, what?: string) => KnownFact {
  const { kB } = factsIn(report);
  return (counter, value, what = counter) => kB(`${title} ${counter}`, value, `${title} ${what}`);
}

/** "GFP_KERNEL, one page" */
function requestTold(report: OomReport, order: number): Told {
  const { kB, word, number } = factsIn(report);
  const { gfp } = report.event;
  const { facts } = toldOf([
    gfp === undefined ? '' : word('gfp_mask', `0x${gfp.mask.toString(16)}`),
    number('order', order),
    number('pages asked for', 2 ** order, '2^order'),
    kB('asked for', pageKB(report) * 2 ** order, 'page size × 2^order'),
  ]);
  return { text: requestInWords(order, gfp, pageKB(report)), facts };
}

/** Enough pages; for an order above 0 there must be a block as large, of a type that the request may take. */
function withBlocks(
  report: OomReport,
  zone: ZoneState,
  freeList: FreeList | undefined,
  { meaning, order, page }: Request,
  { arithmetic, free, spareKB }: { arithmetic: Told; free: KnownFact; spareKB: number },
): ZoneTry {
  if (order === 0 || freeList === undefined) return { zone, arithmetic, fragmented: false, spareKB };
  const usable = freeList.orders
    .slice(order)
    .some(
      ({ blocks, types }) =>
        Number(blocks) > 0 &&
        (types === undefined ||
          /[UME]/.test(types) ||
          (meaning.movable && types.includes('C')) ||
          (meaning.atomic && types.includes('H'))),
    );
  if (usable) return { zone, arithmetic, fragmented: false, spareKB };
  const size = exactly(factsIn(report).kB('asked for', page * 2 ** order, 'page size × 2^order'));
  const blocks =
    freeList.orders
      .slice(order)
      .map(({ blocks: count, blockKB, types }) => `${count}*${blockKB}kB${types === undefined ? '' : ` (${types})`}`)
      .join(' ') || 'none';
  return {
    zone,
    refusal: told`${zoneTitle(zone)} is fragmented: ${free} are free, but no block of ${size} that the request may take`,
    arithmetic: told`${arithmetic}; free blocks of ${size} and more: ${blocks}`,
    fragmented: true,
    spareKB,
  };
}

/**
 * Part of the reserve below min is open to urgent requests: half to __GFP_HIGH, a further quarter of the rest to
 * GFP_ATOMIC.
 */
function minFor(min: number, meaning: GfpMeaning): number {
  let left = min;
  if (meaning.high) left -= left / 2;
  if (meaning.atomic) left -= left / 4;
  return left;
}
