import { exactCount } from '../../count.js';
import { push, bounds, type Draft } from '../draft.js';
import type { LineKind } from '../line-kind.js';

/** dump_unreclaimable_slab(), since 4.15; only where such slab outweighs the LRU pages. */
export const slabHead: LineKind = {
  name: 'slab list',
  role: 'body',
  starts: /^(?:Unreclaimable slab info:|Name\s+Used\s+Total$)/,
  read(_text, draft) {
    draft.section = 'slab';
    draft.slab ??= [];
  },
};

export const slabUnavailable: LineKind = {
  name: 'slab list refused',
  role: 'body',
  starts: /^excessive unreclaimable slab/,
  read(text, draft) {
    draft.slabUnavailable = text;
  },
};

/** "kmalloc-4k                64KB         64KB": only inside the list. */
export const slabRow: LineKind = {
  name: 'slab row',
  role: 'body',
  starts: /^\S.{0,63}?\s+\d+KB(?:\s+\d+KB)?$/,
  continues: /^\d+KB$/,
  open: (text) => !/KB\s+\d+KB$/.test(text),
  read(text, draft) {
    if (draft.section === 'slab') readSlabRow(text, draft);
  },
};

function readSlabRow(text: string, draft: Draft): boolean {
  const row = /^(\S.*?)\s+(\d+)KB\s+(\d+)KB$/.exec(text);
  if (row === null) return false;
  push(
    draft,
    (draft.slab ??= []),
    { name: row[1]!, usedKB: exactCount(row[2]!), totalKB: exactCount(row[3]!) },
    bounds.caches,
    'slab caches',
  );
  return true;
}

export function readAllocationSite(text: string, draft: Draft): boolean {
  const row = /^([\d.]+(?: ?[KMGT]?i?B)?)\s+(\d+)\s+(\S+:\d+.*)$/.exec(text);
  if (row === null) return false;
  push(
    draft,
    (draft.allocationSites ??= []),
    { size: row[1]!, calls: exactCount(row[2]!), site: row[3]! },
    64,
    'allocation sites',
  );
  return true;
}
