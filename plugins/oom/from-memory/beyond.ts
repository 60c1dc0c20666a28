import type { Kernel } from 'oompm';
import {
  everyZoneOf,
  hugetlbPools,
  kernelMemory,
  moduleOfCache,
  onlineNodes,
  openPipes,
  residentPages,
  slabCaches,
  zramDevices,
  type KernelMemory,
  type OomCandidate,
} from 'oompm/linux';
import type { BeyondTheLog, OomReport } from 'oompm/oom';

import { definedOnly } from './defined-only.js';
import { Parts } from './parts.js';
import { tmpfsHeld } from './tmpfs.js';
import { usedBy } from './used-by.js';
import { victimsBeyond } from './victims.js';

const MOST_HOLDERS = 8;
const MOST_CACHES = 20;
/** Only for caches of this size does the question who made them pay: modules' memory is searched for it. */
const WORTH_AN_OWNER_KB = 4096;
const MOST_OWNERS = 3;
const MOST_PASSED_OVER = 200;

/**
 * What no report of the kernel's has, with which of it is not whole. A part that can't be read is a gap, and left out.
 */
export function beyondTheLog(
  kernel: Kernel,
  shownNodes: readonly number[] | undefined,
  candidates: readonly OomCandidate[],
): Pick<OomReport, 'beyond' | 'incomplete'> {
  const parts = new Parts(kernel);
  const own = (part: keyof KernelMemory & keyof BeyondTheLog): number | undefined =>
    parts.read(`beyond.${part}`, () => kernelMemory(kernel)[part]);
  const beyond: BeyondTheLog = definedOnly({
    percpuPages: own('percpuPages'),
    vmallocPages: own('vmallocPages'),
    kernelStackKB: own('kernelStackKB'),
    pagetablePages: own('pagetablePages'),
    hugetlb: parts.read('beyond.hugetlb', () =>
      hugetlbPools(kernel)
        .filter(({ total }) => total > 0)
        .map(({ sizeKB, total, free, reserved, surplus }) => ({ sizeKB, total, free, reserved, surplus })),
    ),
    zram: parts.read('beyond.zram', () =>
      zramDevices(kernel).map(({ name, poolPages, storedPages, compressedBytes }) => ({
        name,
        poolPages,
        originalBytes: storedPages * kernel.memory.pageSize,
        compressedBytes,
      })),
    ),
    tmpfs: parts.read('beyond.tmpfs', () => tmpfsHeld(kernel)),
    pipes: parts.read('beyond.pipes', () => pipesHeld(kernel)),
    slabCaches: parts.read('beyond.slabCaches', () => cachesBySize(kernel)),
    swappiness: parts.read('beyond.swappiness', () =>
      kernel.hasGlobal('vm_swappiness') ? kernel.global('vm_swappiness') : undefined,
    ),
    sysctls: parts.read('beyond.sysctls', () => sysctls(kernel)),
    otherNodes: parts.read('beyond.otherNodes', () => otherNodes(kernel, shownNodes)),
    locked: parts.read('beyond.locked', () => mostOf(candidates, (mm) => mm.locked_vm)),
    pinned: parts.read('beyond.pinned', () => mostOf(candidates, (mm) => mm.pinned_vm)),
    ...victimsBeyond(parts),
    passedOver: parts.read('beyond.passedOver', () => passedOver(candidates)),
  });
  return { beyond, incomplete: parts.incomplete };
}

function passedOver(candidates: readonly OomCandidate[]): NonNullable<BeyondTheLog['passedOver']> {
  return candidates
    .flatMap(({ process, rss, listed, passedOver: because }) =>
      listed || because === undefined
        ? []
        : [
            {
              pid: process.pid,
              comm: process.comm,
              // Who has no mm any more has no memory: that is read, and is 0.
              rssPages: rss === undefined ? 0 : residentPages(rss.exact ?? rss.approximate),
              because,
            },
          ],
    )
    .slice(0, MOST_PASSED_OVER);
}

function cachesBySize(kernel: Kernel): NonNullable<BeyondTheLog['slabCaches']> {
  const pageKB = kernel.memory.pageSize / 1024;
  let asked = 0;
  return slabCaches(kernel)
    .toSorted((a, b) => b.pages - a.pages)
    .slice(0, MOST_CACHES)
    .map((cache) => {
      const owner =
        cache.pages * pageKB >= WORTH_AN_OWNER_KB && asked++ < MOST_OWNERS
          ? moduleOfCache(kernel, cache.address)
          : undefined;
      return {
        name: cache.name,
        ...usedBy(cache.activeObjects, cache.size),
        totalKB: cache.pages * pageKB,
        reclaimable: cache.reclaimable,
        ...(owner === undefined ? {} : { owner: `module ${owner}` }),
      };
    });
}

function pipesHeld(kernel: Kernel): NonNullable<BeyondTheLog['pipes']> {
  const pipes = openPipes(kernel);
  const byTask = new Map<bigint, { comm: string; pid: number; pages: number }>();
  for (const { pages, holders } of pipes) {
    for (const task of holders) {
      const known = byTask.get(task.$address);
      if (known) known.pages += pages;
      else byTask.set(task.$address, { comm: task.comm, pid: task.pid, pages });
    }
  }
  return {
    count: pipes.length,
    pages: pipes.reduce((sum, pipe) => sum + pipe.pages, 0),
    holders: [...byTask.values()].toSorted((a, b) => b.pages - a.pages).slice(0, MOST_HOLDERS),
  };
}

function mostOf(
  candidates: readonly OomCandidate[],
  pagesOf: (mm: NonNullable<NonNullable<OomCandidate['holder']>['mm']>) => number | bigint | undefined,
): NonNullable<BeyondTheLog['locked']> {
  return candidates
    .flatMap(({ process, holder }) => {
      const pages = holder?.mm ? pagesOf(holder.mm) : undefined;
      return pages === undefined ? [] : [{ comm: process.comm, pid: process.pid, pages: Number(pages) }];
    })
    .filter(({ pages }) => pages > 0)
    .toSorted((a, b) => b.pages - a.pages)
    .slice(0, MOST_HOLDERS);
}

const sysctlNames = [
  'sysctl_panic_on_oom',
  'sysctl_oom_kill_allocating_task',
  'sysctl_oom_dump_tasks',
  'sysctl_overcommit_memory',
] as const;

function sysctls(kernel: Kernel): Readonly<Record<string, number>> {
  return Object.fromEntries(
    sysctlNames.flatMap((name) => {
      const value = kernel.hasGlobal(name) ? kernel.attempt(name, () => kernel.global(name)) : undefined;
      return value === undefined ? [] : [[`vm.${name.slice('sysctl_'.length)}`, value]];
    }),
  );
}

/** undefined where what one of them has can't be read: the sum over them would be too small. */
function otherNodes(kernel: Kernel, shown: readonly number[] | undefined): BeyondTheLog['otherNodes'] {
  if (shown === undefined) return [];
  const others = onlineNodes(kernel)
    .filter((node) => !shown.includes(node.node_id))
    .map((node) => ({ node: node.node_id, zones: everyZoneOf(kernel, node) }));
  if (others.some(({ zones }) => zones === undefined || zones.some(({ pcpPages }) => pcpPages === undefined)))
    return undefined;
  return others
    .map(({ node, zones }) => ({
      node,
      freePages: zones!.reduce((sum, zone) => sum + zone.freePages + zone.pcpPages!, 0),
      managedPages: zones!.reduce((sum, zone) => sum + zone.managedPages, 0),
    }))
    .filter(({ managedPages }) => managedPages > 0);
}
