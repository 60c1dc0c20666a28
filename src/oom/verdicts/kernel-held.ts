import { exactly, rounded } from '../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { told, toldList, type KnownFact, type Told } from '../../words/told.js';
import { amount, pageKB, type OomReport, type SlabCache } from '../model.js';
import { factsIn } from '../report-facts.js';
import { notable } from './held.js';
import { shmemKind } from './shmem-held.js';

/** What holds memory beside the processes' own: each a consumer that a kill does not free. */

const slabKind = findingKind({
  id: 'oom.memory-held.slab',
  meaning: 'Unreclaimable slab holds the memory: which cache, and who created it.',
  when: 'it takes more than 15 % of the memory',
  moment: 'report',
  step: 'certain',
});

const hugetlbKind = findingKind({
  id: 'oom.memory-held.hugetlb',
  meaning: 'Memory is set aside for hugetlb pages.',
  when: 'the pools take 15 % of the memory or more',
  moment: 'report',
  step: 'certain',
});

const pipesKind = findingKind({
  id: 'oom.memory-held.pipes',
  meaning: 'Data in pipes that nobody has read holds the memory.',
  when: 'it takes 15 % of the memory or more, as a dump tells',
  moment: 'report',
  step: 'certain',
});

const zramKind = findingKind({
  id: 'oom.memory-held.zram',
  meaning: 'Swap in RAM (zram) takes some of the memory that it was to free.',
  when: 'a zram device has pages',
  moment: 'report',
  step: 'certain',
});

const unevictableKind = findingKind({
  id: 'oom.memory-held.unevictable',
  meaning: 'Memory is locked or otherwise unevictable: whose it is.',
  when: 'it is more than 15 % of the memory',
  moment: 'report',
  step: 'certain',
});

export const kernelHeldKinds = [slabKind, shmemKind, hugetlbKind, pipesKind, zramKind, unevictableKind];

export function slabHeld(report: OomReport, slabKB: number, wholeKB: number): Finding {
  const { kB, word, managed, share } = factsIn(report);
  const known = report.beyond?.slabCaches?.filter((cache) => !cache.reclaimable);
  const caches = (report.slab?.caches ?? known ?? [])
    .toSorted((a, b) => Number(b.totalKB) - Number(a.totalKB))
    .slice(0, 3);
  const [slab, whole] = [kB('slab_unreclaimable', slabKB), managed(wholeKB)];
  const cache = caches[0] && word('cache', caches[0].name, 'the list of slab caches');
  const named =
    cache === undefined
      ? ''
      : told`; the largest cache is ${cache} with ${kB('cache.total', caches[0]!.totalKB, 'slabs of the cache')}`;
  const owner = known?.find((one) => one.name === caches[0]?.name)?.owner;
  const asking = moduleThatAsked(report);
  const whose = (): Told | string => {
    if (owner !== undefined) return told`, created by ${word('owner', owner, 'module whose data points to the cache')}`;
    if (asking === undefined) return '';
    const from = told`module ${word('module', asking.module, 'call trace')}`;
    return told`; the request that failed came from ${from} (${word('function', asking.function, 'call trace')})`;
  };
  const slabIs = 'unreclaimable slab: kernel objects that nobody owns as far as the OOM killer can see';
  return conclude(slabKind, {
    subject:
      cache === undefined
        ? { kind: 'memory', name: 'slab-unreclaimable' }
        : { kind: 'slab cache', name: caches[0]!.name },
    share: slabKB / wholeKB,
    sentence: told`${slab} of ${whole} (${share(slab, whole)}) is ${slabIs}, so no kill frees them${named}${whose()}.`,
    evidence: [
      told`slab_unreclaimable: ${exactly(slab)}`,
      ...caches.map((one) => told`${word('cache', one.name, 'the list of slab caches')}: ${usedOf(report, one)}`),
      ...(owner === undefined ? [] : [`${caches[0]!.name}: the data of ${owner} points to it`]),
      ...(asking === undefined ? [] : [`in the trace: ${asking.line}`]),
    ],
  });
}

/** "used 12 kB of 16 kB" */
export function usedOf(report: OomReport, { usedKB, totalKB }: SlabCache): Told {
  const { kB } = factsIn(report);
  const total = exactly(kB('cache.total', totalKB, 'slabs of the cache'));
  return usedKB === undefined
    ? told`${total}, of which it is not known how much is used`
    : told`used ${exactly(kB('cache.used', usedKB, 'objects in use of the cache'))} of ${total}`;
}

/** The innermost frame of the event's trace that is a module's. */
function moduleThatAsked({ trace }: OomReport): { module: string; function: string; line: string } | undefined {
  for (const line of trace ?? []) {
    const found = /^\s*(\w[\w.]*)\+0x[\da-f]+\/0x[\da-f]+ \[([\w-]+)/.exec(line);
    if (found) return { function: found[1]!, module: found[2]!, line: line.trim() };
  }
  return undefined;
}

export function hugetlbHeld(report: OomReport, wholeKB: number): Finding[] {
  const { kB, count, number, managed, share } = factsIn(report);
  const pools = report.hugepages ?? [];
  const totalKB = pools.reduce((kept, pool) => kept + Number(pool.total) * pool.sizeKB, 0);
  const unusedKB = pools.reduce((kept, pool) => kept + Number(pool.free) * pool.sizeKB, 0);
  if (totalKB < wholeKB * notable) return [];
  const promised = report.beyond?.hugetlb?.reduce((kept, pool) => kept + pool.reserved * pool.sizeKB, 0);
  const [total, whole] = [kB('hugepages', totalKB, 'hugepages_total × hugepages_size of each pool'), managed(wholeKB)];
  const use = (): Told | string => {
    if (unusedKB === 0) return 'all of it is in use';
    if (unusedKB === totalKB) return 'none of it is used by anyone';
    const unused = kB('hugepages.free', unusedKB, 'hugepages_free × hugepages_size of each pool');
    return told`${unused} of that is not used by anyone`;
  };
  const reserved = (): Told | string => {
    if (promised === undefined || unusedKB === 0) return '';
    if (promised === 0) return ', nor reserved by any mapping';
    const kept = kB('hugepages.reserved', promised, 'hstate.resv_huge_pages');
    return told`, though ${kept} is reserved by mappings that have not touched it`;
  };
  return [
    conclude(
      hugetlbKind,
      {
        subject: { kind: 'memory', name: 'hugetlb' },
        share: (unusedKB > totalKB / 2 ? unusedKB : totalKB) / wholeKB,
        sentence: told`${total} of ${whole} (${share(total, whole)}) is set aside for hugetlb pages, and ${use()}${reserved()}; nothing else may use it.`,
        evidence: [
          ...pools
            .filter((pool) => Number(pool.total) > 0)
            .map((pool) => {
              const of = `node ${pool.node}`;
              const pages = count(`${of}.hugepages_total`, pool.total, 'page');
              const size = exactly(kB(`${of}.hugepages_size`, pool.sizeKB));
              return told`${of}: ${pages} of ${size}, ${number(`${of}.hugepages_free`, pool.free)} free`;
            }),
          ...(report.beyond?.hugetlb ?? []).map((pool) => {
            const pages = count('hstate.nr_huge_pages', pool.total, 'page');
            const free = number('hstate.free_huge_pages', pool.free);
            const reserved = number('hstate.resv_huge_pages', pool.reserved);
            const surplus = number('hstate.surplus_huge_pages', pool.surplus);
            const all = told`all nodes: ${pages} of ${exactly(kB('hstate.size', pool.sizeKB))}`;
            return told`${all}, ${free} free, of these ${reserved} reserved; ${surplus} surplus`;
          }),
        ],
      },
      unusedKB > totalKB / 2 ? 'mostly unused' : 'in use',
    ),
  ];
}

/** Pages in pipes are the kernel's: no process's rss has them. */
export function pipesHeld(report: OomReport, wholeKB: number): Finding[] {
  const { kB, count, number, task, managed, share } = factsIn(report);
  const pipes = report.beyond?.pipes;
  if (pipes === undefined) return [];
  const { pages, holders = [] } = pipes;
  const heldKB = pages * pageKB(report);
  if (heldKB < wholeKB * notable) return [];
  const isWhole = report.incomplete?.['beyond.pipes'] === undefined;
  const [held, whole] = [kB('pipes', heldKB, 'pipe_buffer.page of all pipes'), managed(wholeKB)];
  const pipesOf = (one: { pages: number }): KnownFact =>
    kB('holder.pipes', one.pages * pageKB(report), 'pipes that it has open');
  const nameOf = (one: { comm: string; pid: number }): Told => task('holder', one, 'files that it has open');
  const names = holders.slice(0, 3).map((one) => told`${nameOf(one)} ${pipesOf(one)}`);
  const who = names.length === 0 ? '' : told`; open in ${toldList(names)}${holders.length > 3 ? ' and others' : ''}`;
  const [atLeast, inAtLeast] = isWhole ? ['', ''] : ['At least ', 'at least '];
  const inPipes = told`${inAtLeast}${count('pipes.count', pipes.count, 'pipe', 'files of all processes')}`;
  const pipesAre = "kernel memory that is in no process's rss, so the OOM killer can't see whose it is";
  const inPages = count('pipes.pages', pages, 'page', 'pipe_buffer.page of all pipes');
  return [
    conclude(pipesKind, {
      subject: { kind: 'memory', name: 'pipes' },
      share: heldKB / wholeKB,
      sentence: told`${atLeast}${held} of ${whole} (${share(held, whole)}) is data in ${inPipes} that nobody has read: ${pipesAre}${who}.`,
      evidence: [
        told`pipes: ${number('pipes.count', pipes.count, 'files of all processes')}, ${inPages} = ${exactly(held)}`,
        ...holders.map((one) => told`${nameOf(one)}: pipes with ${exactly(pipesOf(one))} open`),
      ],
    }),
  ];
}

/** Swap in RAM: what is swapped out still takes its compressed size of the memory that it was to free. */
export function zramHeld(report: OomReport, wholeKB: number): Finding[] {
  const { kB, word, managed, share } = factsIn(report);
  const devices = (report.beyond?.zram ?? []).filter((device) => device.poolPages > 0);
  if (devices.length === 0) return [];
  const poolKB = devices.reduce((sum, device) => sum + device.poolPages, 0) * pageKB(report);
  const storedKB = devices.reduce((sum, device) => sum + device.originalBytes, 0) / 1024;
  const [free, total] = [amount(report.swap?.freeKB), amount(report.swap?.totalKB)];
  const full = free !== undefined && total !== undefined && total > 0 && free <= total * 0.01;
  const [pool, stored] = [
    kB('zram.pool', poolKB, 'zs_pool.pages_allocated'),
    kB('zram.stored', storedKB, 'zram_stats.pages_stored'),
  ];
  const named = (device: { name: string }): KnownFact => word('zram', device.name, 'zram devices');
  const keeps = told`${toldList(devices.map(named))} keeps ${stored} that was swapped out in ${pool} of the same memory`;
  const ofIt = share(pool, managed(wholeKB));
  const freed = kB('zram.freed', Math.max(0, storedKB - poolKB), 'zram.stored − zram.pool, 0 at least');
  return [
    conclude(
      zramKind,
      {
        subject: { kind: 'memory', name: 'zram' },
        sentence: told`${keeps} (${ofIt} of it): swapping freed ${freed}${full ? ', and it is full' : ''}.`,
        evidence: devices.map((device) => {
          const original = rounded(kB('zram.stored', device.originalBytes / 1024, 'zram_stats.pages_stored'));
          const compressed = rounded(
            kB('zram.compressed', device.compressedBytes / 1024, 'zram_stats.compr_data_size'),
          );
          const takes = exactly(kB('zram.pool', device.poolPages * pageKB(report), 'zs_pool.pages_allocated'));
          return told`${named(device)}: ${original} stored, compressed to ${compressed}, the pool takes ${takes}`;
        }),
      },
      full ? 'full' : 'not full',
    ),
  ];
}

/** mlock()ed memory, and whose it is. */
export function unevictableHeld(report: OomReport, unevictableKB: number, wholeKB: number): Finding {
  const { kB, task, managed, share } = factsIn(report);
  const lockers = (report.beyond?.locked ?? []).slice(0, 3);
  const page = pageKB(report);
  const [unevictable, whole] = [kB('unevictable', unevictableKB), managed(wholeKB)];
  const locked = (one: { pages: number }): KnownFact => kB('locked_vm', one.pages * page, 'mm_struct.locked_vm');
  const nameOf = (one: { comm: string; pid: number }): Told => task('locker', one, 'list of tasks');
  const who =
    lockers.length === 0
      ? 'locked by mlock() or held by a file system that keeps its pages in memory'
      : told`locked by mlock() of ${toldList(lockers.map((one) => told`${nameOf(one)} ${locked(one)}`))}; neither swap nor reclaim can touch it`;
  return conclude(unevictableKind, {
    subject: { kind: 'memory', name: 'unevictable' },
    share: unevictableKB / wholeKB,
    sentence: told`${unevictable} of ${whole} (${share(unevictable, whole)}) is unevictable: ${who}.`,
    evidence: [
      told`unevictable: ${exactly(unevictable)}`,
      ...lockers.map((one) => told`${nameOf(one)}: locked_vm ${exactly(locked(one))}`),
    ],
  });
}
