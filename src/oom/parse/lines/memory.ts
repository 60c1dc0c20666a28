import { exactCount, numberIn } from '../../count.js';
import type { Count } from '../../model.js';
import { push, bounds } from '../draft.js';
import { pairs, type LineKind } from '../line-kind.js';
import { defined } from '../../../words/defined.js';

/**
 * show_mem(): the lines from "Mem-Info:" to the totals (mm/show_mem.c; mm/page_alloc.c and lib/show_mem.c until 6.3).
 */

export const memInfoHead: LineKind = {
  name: 'Mem-Info',
  role: 'body',
  starts: /^Mem-[Ii]nfo:/,
  read(_text, draft) {
    draft.sawMemInfo = true;
    draft.section = 'memory';
  },
};

const memInfoNames = [
  'active_anon|inactive_anon|active_file|inactive_file|isolated_anon|isolated_file|unevictable',
  'slab_reclaimable|slab_unreclaimable|mapped|sec_pagetables|kernel_misc_reclaimable|free|dirty|bounce',
  'free_pcp|free_cma|active|inactive|pagetables|shmem|writeback|anon_thp|file_thp',
].join('|');

/** "active_anon:285 inactive_anon:2820935 isolated_anon:0", in pages: several lines of one record. */
export const memInfo: LineKind = {
  name: 'mem-info counters',
  role: 'body',
  starts: new RegExp(`^(?:${memInfoNames}):\\d+(?:\\s+[a-z_]+:\\d*)*\\s*$`),
  continues: /^(?:[a-z_]+:)?\d+(?:\s+[a-z_]+:\d+)*$/,
  open: (text) => /:$|[a-z_]$/.test(text),
  token: /^[a-z_]+:\d+$/,
  read(text, draft) {
    draft.section = 'memory';
    draft.sawMemInfo = true;
    draft.memInfo ??= new Map<string, Count>();
    for (const [name, digits] of pairs(text, 'none'))
      if (!draft.memInfo.has(name)) draft.memInfo.set(name, exactCount(digits));
  },
};

const kBPair = /^[A-Za-z][\w()]*:-?\d+[kK]B,?$/;
const moreCounters = /^(?:[A-Za-z_][\w()]*:|:\d|\d+[kK]?B?\b|[kK]?B\b|all_unreclaimable|yes\b|no\b|pages_scanned)/;

/** "Node 0 active_anon:1140kB … all_unreclaimable? yes", since 4.8. */
export const node: LineKind = {
  name: 'node',
  long: true,
  role: 'body',
  starts: /^Node \d+ (?:active_anon|hugepages)?(?:active_anon:|active_file:)/,
  continues: moreCounters,
  open: (text) => !/all_unreclaimable\?\s*(?:yes|no)/.test(text),
  token: kBPair,
  read(text, draft) {
    draft.section = 'memory';
    draft.sawMemInfo = true;
    const allUnreclaimable = unreclaimable(text);
    push(
      draft,
      draft.nodes,
      {
        node: Number(/^Node (\d+)/.exec(text)![1]),
        kB: counters(text),
        ...defined({ allUnreclaimable }),
      },
      bounds.zones,
      'nodes',
    );
  },
};

/** "Node 0 DMA32 free:59900kB min:24044kB …"; without NUMA the node is not printed. */
export const zone: LineKind = {
  name: 'zone',
  long: true,
  role: 'body',
  // "Node 0" or "Node 0 DMA" at the edge of a mail: what follows tells whether it is a zone.
  starts: /^(?:Node \d+ )?[A-Z]\w* free:\d+[kK]?B?|^Node \d+(?: [A-Z]\w*)?$/,
  continues: new RegExp(`${moreCounters.source}|^[A-Z]\\w*(?: free|:)|^hugepages_`),
  open: (text) => !/free_cma:\d+kB|all_unreclaimable\?\s*(?:yes|no)/.test(text),
  token: kBPair,
  read(text, draft) {
    if (!text.includes(' free:')) return;
    draft.section = 'memory';
    draft.sawMemInfo = true;
    const [, nodeId, name] = /^(?:Node (\d+) )?(\w+) /.exec(text)!;
    const scanned = /\bpages_scanned:(\d+)/.exec(text);
    const allUnreclaimable = unreclaimable(text);
    push(
      draft,
      draft.zones,
      {
        ...defined({ node: numberIn(nodeId) }),
        name: name!,
        kB: counters(text.slice(text.indexOf(' free:'))),
        ...(scanned === null ? {} : { pagesScanned: exactCount(scanned[1]!) }),
        ...defined({ allUnreclaimable }),
      },
      bounds.zones,
      'zones',
    );
  },
};

/** "lowmem_reserve[]: 0 2412 11403 11403": of the zone before it, in pages. */
export const lowmemReserve: LineKind = {
  name: 'lowmem_reserve',
  role: 'body',
  starts: /^lowmem_reserve\[\]:/,
  continues: /^\d+(?: \d+)*$/,
  open: (text) => text.length < 40,
  read(text, draft) {
    draft.section = 'memory';
    const of = draft.zones.at(-1);
    if (of === undefined || of.lowmemReservePages !== undefined) return;
    of.lowmemReservePages = (text.match(/-?\d+/g) ?? []).map(Number);
  },
};

/** "Node 0 DMA: 0*4kB 1*16kB (U) … = 13296kB". */
export const freeList: LineKind = {
  name: 'free list',
  long: true,
  role: 'body',
  starts: /^(?:Node \d+ )?[A-Z]\w*: (?:\d+\*\d+kB|$)/,
  continues: /^(?:\([A-Z]*\)|\d+\*\d+k?B?|\*?\d*kB\b|= ?\d*)/,
  open: (text) => !/= \d+kB/.test(text),
  token: /^\d+\*\d+kB$/,
  read(text, draft) {
    draft.section = 'memory';
    const [, nodeId, name] = /^(?:Node (\d+) )?(\w+):/.exec(text)!;
    const orders = [...text.matchAll(/(\d+)\*(\d+)kB(?:\s*\(([A-Z]*)\))?/g)].map((found) => ({
      blocks: exactCount(found[1]!),
      blockKB: Number(found[2]),
      ...defined({ types: found[3] }),
    }));
    if (orders.length === 0) return;
    const total = /= (\d+)kB/.exec(text);
    push(
      draft,
      draft.freeLists,
      {
        ...defined({ node: numberIn(nodeId) }),
        zone: name!,
        orders,
        ...(total === null ? {} : { totalKB: exactCount(total[1]!) }),
      },
      bounds.zones,
      'free lists',
    );
  },
};

/** "Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB", since 3.11. */
export const hugepages: LineKind = {
  name: 'hugepages',
  role: 'body',
  starts: /^Node \d+ hugepages_total=/,
  continues: /^(?:hugepages_\w+=|\d+)/,
  open: (text) => !/hugepages_size=\d+kB/.test(text),
  token: /^hugepages_\w+=\d+(?:kB)?$/,
  read(text, draft) {
    const found =
      /^Node (\d+) hugepages_total=(\d+) hugepages_free=(\d+) hugepages_surp=(\d+) hugepages_size=(\d+)kB/.exec(text);
    if (found === null) return;
    push(
      draft,
      draft.hugepages,
      {
        node: Number(found[1]),
        total: exactCount(found[2]!),
        free: exactCount(found[3]!),
        surplus: exactCount(found[4]!),
        sizeKB: Number(found[5]),
      },
      bounds.zones,
      'hugepage pools',
    );
  },
};

export const pageCache: LineKind = {
  name: 'pagecache',
  role: 'body',
  starts: /^\d+ total pagecache pages$/,
  read(text, draft) {
    draft.pageCachePages ??= exactCount(leadingDigits(text));
  },
};

export const swapCache: LineKind = {
  name: 'swap cache',
  role: 'body',
  starts: /^\d+ pages in swap cache$/,
  read(text, draft) {
    draft.swapCachePages ??= exactCount(leadingDigits(text));
  },
};

export const swapCacheStats: LineKind = {
  name: 'swap cache stats',
  role: 'body',
  starts: /^Swap cache stats: add /,
  continues: /^(?:find|delete|\d)/,
  open: (text) => !/find \d+\/\d+/.test(text),
  read(text, draft) {
    const found = /add (\d+), delete (\d+), find (\d+)\/(\d+)/.exec(text);
    if (found === null) return;
    draft.swapCacheStats ??= {
      add: exactCount(found[1]!),
      delete: exactCount(found[2]!),
      findSuccess: exactCount(found[3]!),
      findTotal: exactCount(found[4]!),
    };
  },
};

export const swapSizes: LineKind = {
  name: 'swap sizes',
  role: 'body',
  starts: /^(?:Free|Total) swap\s*[=:]/,
  continues: /^=?\s*\d+kB$/,
  open: (text) => !/\d/.test(text),
  read(text, draft) {
    const kB = /(\d+)\s*kB/.exec(text);
    if (kB === null) return;
    if (text.startsWith('Free')) draft.freeSwapKB ??= exactCount(kB[1]!);
    else draft.totalSwapKB ??= exactCount(kB[1]!);
  },
};

const totalNames = [
  'pages (?:RAM|HighMem|HighMem/MovableOnly|reserved|cma reserved|hwpoisoned|shared|non-shared)',
  'pages (?:in pagetable cache|of RAM|slab)',
  '(?:free|reserved|slab|shared) pages',
  'pages? of (?:RAM|HIGHMEM)',
].join('|');

/** "3145595 pages RAM", "0 pages HighMem/MovableOnly", … */
export const totals: LineKind = {
  name: 'totals',
  role: 'body',
  starts: new RegExp(`^\\d+ (?:${totalNames})$`, 'i'),
  read(text, draft) {
    draft.section = 'memory';
    draft.totals ??= new Map<string, Count>();
    const name = text.replace(/^\d+ /, '').replace(/^pages(?: of)? /, '');
    if (!draft.totals.has(name)) draft.totals.set(name, exactCount(leadingDigits(text)));
  },
};

/**
 * CONFIG_MEM_ALLOC_PROFILING, since 6.10: "Memory allocations:" and ten lines "  1.2 GiB   1234 mm/slub.c:2
 * func:alloc_slab_page".
 */
export const allocationSitesHead: LineKind = {
  name: 'allocation sites',
  role: 'body',
  starts: /^Memory allocations(?: \(profiling is currently turned (?:on|off)\))?:$/,
  read(_text, draft) {
    draft.section = 'sites';
    draft.allocationSites ??= [];
  },
};

function counters(text: string): Record<string, Count> {
  const kB: Record<string, Count> = {};
  for (const [name, digits] of pairs(text, 'kB')) kB[name] ??= exactCount(digits);
  return kB;
}

function unreclaimable(text: string): boolean | undefined {
  const found = /all_unreclaimable\?\s*(yes|no)/.exec(text);
  return found === null ? undefined : found[1] === 'yes';
}

function leadingDigits(text: string): string {
  return /^\d+/.exec(text)![0];
}
