import { counted, list, size, sizeOfKB } from '../../words/quantity.js';
import { amount, pageKB, type OomReport, type SlabCache } from '../model.js';
import { exactKB, share } from '../quantity.js';
import type { Judgement } from '../verdict.js';
import { heldBy, notable } from './held.js';

/** What holds memory beside the processes' own: each a consumer that a kill does not free. */

/** Of shared memory: a mount that holds less of it is not named. */
const notableMount = 0.05;

export function slabHeld(report: OomReport, slab: number, whole: number): Judgement {
  const known = report.beyond?.slabCaches?.filter((cache) => !cache.reclaimable);
  const caches = (report.slab?.caches ?? known ?? []).toSorted((a, b) => Number(b.totalKB) - Number(a.totalKB)).slice(0, 3);
  const named = caches.length === 0 ? '' : `; the largest cache is ${caches[0]!.name} with ${sizeOfKB(caches[0]!.totalKB)}`;
  const owner = known?.find((cache) => cache.name === caches[0]?.name)?.owner;
  const asking = moduleThatAsked(report);
  const who = owner !== undefined ? `, made by ${owner}` : asking === undefined ? '' : `; the request that failed came from module ${asking.module} (${asking.function})`;
  return heldBy('slab', 91, `${sizeOfKB(slab)} of ${sizeOfKB(whole)} (${share(slab, whole)}) is unreclaimable slab: kernel objects that nobody owns as far as the OOM killer can see, so no kill frees them${named}${who}.`, [
    `slab_unreclaimable: ${exactKB(slab)}`,
    ...caches.map((cache) => `${cache.name}: ${usedOf(cache)}`),
    ...(owner === undefined ? [] : [`${caches[0]!.name}: the data of ${owner} points to it`]),
    ...(asking === undefined ? [] : [`in the trace: ${asking.line}`]),
  ]);
}

/** "used 12 kB of 16 kB" */
export function usedOf({ usedKB, totalKB }: SlabCache): string {
  return usedKB === undefined ? `${exactKB(totalKB)}, of which it is not known how much is used` : `used ${exactKB(usedKB)} of ${exactKB(totalKB)}`;
}

/** The innermost frame of the event's trace that is a module's. */
function moduleThatAsked({ trace }: OomReport): { module: string; function: string; line: string } | undefined {
  for (const line of trace ?? []) {
    const found = /^\s*(\w[\w.]*)\+0x[\da-f]+\/0x[\da-f]+ \[([\w-]+)/.exec(line);
    if (found) return { function: found[1]!, module: found[2]!, line: line.trim() };
  }
  return undefined;
}

export function shmemHeld(report: OomReport, shmem: number, whole: number): Judgement {
  const page = pageKB(report);
  const mounts = (report.beyond?.tmpfs ?? []).filter((mount) => mount.usedPages * page >= shmem * notableMount).toSorted((a, b) => b.usedPages - a.usedPages).slice(0, 3);
  const first = mounts[0];
  const files = (first?.largest ?? []).filter((file) => file.bytes / 1024 >= shmem * notableMount).slice(0, 3);
  const limit = first === undefined ? '' : first.limitPages === null ? ', and has no limit' : `, and its limit is ${sizeOfKB(first.limitPages * page)}`;
  const named = first === undefined ? '' : `; ${first.mount} holds ${sizeOfKB(first.usedPages * page)}${files.length === 0 ? '' : ` (${list(files.map((file) => `${file.path} ${size(file.bytes)}`))})`}${limit}`;
  return heldBy('shmem', 91, `${sizeOfKB(shmem)} of ${sizeOfKB(whole)} (${share(shmem, whole)}) is shared memory or files in tmpfs, which outlive the process that wrote them${named}.`, [
    `shmem: ${exactKB(shmem)}`,
    ...mounts.flatMap((mount) => [`${mount.mount}: ${exactKB(mount.usedPages * page)}`, ...(mount.largest ?? []).map((file) => `${file.path}: ${size(file.bytes)}`)]),
  ]);
}

export function hugetlbHeld(report: OomReport, whole: number): Judgement[] {
  const pools = report.hugepages ?? [];
  const total = pools.reduce((kept, pool) => kept + Number(pool.total) * pool.sizeKB, 0);
  const unused = pools.reduce((kept, pool) => kept + Number(pool.free) * pool.sizeKB, 0);
  if (total < whole * notable) return [];
  const promised = report.beyond?.hugetlb?.reduce((kept, pool) => kept + pool.reserved * pool.sizeKB, 0);
  const use = unused === 0 ? 'all of it is in use' : unused === total ? 'none of it is used by anyone' : `${sizeOfKB(unused)} of that is not used by anyone`;
  const reserved = promised === undefined || unused === 0 ? '' : promised === 0 ? ', nor promised to any mapping' : `, though ${sizeOfKB(promised)} is promised to mappings that have not touched it`;
  return [heldBy('hugetlb', unused > total / 2 ? 91 : 70, `${sizeOfKB(total)} of ${sizeOfKB(whole)} (${share(total, whole)}) is set aside for hugetlb pages, and ${use}${reserved}; nothing else may use it.`, [
    ...pools.filter((pool) => Number(pool.total) > 0).map((pool) => `node ${pool.node}: ${counted(pool.total, 'page')} of ${pool.sizeKB} kB, ${pool.free} free`),
    ...(report.beyond?.hugetlb ?? []).map((pool) => `all nodes: ${counted(pool.total, 'page')} of ${pool.sizeKB} kB, ${pool.free} free, of these ${pool.reserved} reserved; ${pool.surplus} surplus`),
  ])];
}

/** Pages in pipes are the kernel's: no process's rss has them. */
export function pipesHeld(report: OomReport, whole: number): Judgement[] {
  const pipes = report.beyond?.pipes;
  if (pipes === undefined) return [];
  const { pages, holders = [] } = pipes;
  const held = pages * pageKB(report);
  if (held < whole * notable) return [];
  const isWhole = report.incomplete?.['beyond.pipes'] === undefined;
  const names = holders.slice(0, 3).map((one) => `${one.comm} (pid ${one.pid}) ${sizeOfKB(one.pages * pageKB(report))}`);
  const who = names.length === 0 ? '' : `; open in ${list(names)}${holders.length > 3 ? ' and others' : ''}`;
  return [heldBy('pipes', 91, `${isWhole ? '' : 'At least '}${sizeOfKB(held)} of ${sizeOfKB(whole)} (${share(held, whole)}) is data in ${isWhole ? '' : 'at least '}${counted(pipes.count, 'pipe')} that nobody has read: kernel memory that is in no process's rss, so the OOM killer can't see whose it is${who}.`,
    [`pipes: ${pipes.count}, ${counted(pipes.pages, 'page')} = ${exactKB(held)}`, ...holders.map((one) => `${one.comm} (pid ${one.pid}): pipes with ${exactKB(one.pages * pageKB(report))} open`)])];
}

/** Swap in RAM: what is swapped out still takes its compressed size of the memory that it was to free. */
export function zramHeld(report: OomReport, whole: number): Judgement[] {
  const devices = (report.beyond?.zram ?? []).filter((device) => device.poolPages > 0);
  if (devices.length === 0) return [];
  const pool = devices.reduce((sum, device) => sum + device.poolPages, 0) * pageKB(report);
  const stored = devices.reduce((sum, device) => sum + device.originalBytes, 0) / 1024;
  const [free, total] = [amount(report.swap?.freeKB), amount(report.swap?.totalKB)];
  const full = free !== undefined && total !== undefined && total > 0 && free <= total * 0.01;
  return [heldBy('zram', full ? 72 : 45, `${list(devices.map((device) => device.name))} keeps ${sizeOfKB(stored)} that was swapped out in ${sizeOfKB(pool)} of the same memory (${share(pool, whole)} of it): swapping freed ${sizeOfKB(Math.max(0, stored - pool))}${full ? ', and it is full' : ''}.`,
    devices.map((device) => `${device.name}: ${exactKB(Math.round(device.originalBytes / 1024))} stored, compressed to ${exactKB(Math.round(device.compressedBytes / 1024))}, the pool takes ${exactKB(device.poolPages * pageKB(report))}`))];
}

/** mlock()ed memory, and whose it is. */
export function unevictableHeld(report: OomReport, unevictable: number, whole: number): Judgement {
  const lockers = (report.beyond?.locked ?? []).slice(0, 3);
  const page = pageKB(report);
  const who = lockers.length === 0 ? 'locked by mlock() or held by a file system that keeps its pages in memory'
    : `locked by mlock() of ${list(lockers.map((one) => `${one.comm} (pid ${one.pid}) ${sizeOfKB(one.pages * page)}`))}; neither swap nor reclaim can touch it`;
  return heldBy('unevictable', 86, `${sizeOfKB(unevictable)} of ${sizeOfKB(whole)} (${share(unevictable, whole)}) is unevictable: ${who}.`,
    [`unevictable: ${exactKB(unevictable)}`, ...lockers.map((one) => `${one.comm} (pid ${one.pid}): locked_vm ${exactKB(one.pages * page)}`)]);
}
