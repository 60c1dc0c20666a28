import type { Draft } from './draft.js';
import type { LineKind } from './line-kind.js';
import { constraint, kill, panic, reaper, selection } from './lines/kill.js';
import { groupKill, memcgCounter, memcgProtection, memcgStat, readStatEntry, taskInMemcg } from './lines/memcg.js';
import {
  allocationSitesHead,
  freeList,
  hugepages,
  lowmemReserve,
  memInfo,
  memInfoHead,
  node,
  pageCache,
  swapCache,
  swapCacheStats,
  swapSizes,
  totals,
  zone,
} from './lines/memory.js';
import { readAllocationSite, slabHead, slabRow, slabUnavailable } from './lines/slab.js';
import { task, tasksHead } from './lines/tasks.js';
import {
  allocationFailure,
  cpu,
  hardware,
  place,
  registers,
  sysrq,
  trace,
  trigger,
  version,
  vmallocFailure,
} from './lines/trigger.js';

/** Every kind of line, the more particular before the more general. */
const kinds: readonly LineKind[] = [
  task,
  tasksHead,
  trigger,
  allocationFailure,
  vmallocFailure,
  sysrq,
  constraint,
  groupKill,
  reaper,
  panic,
  selection,
  kill,
  memcgCounter,
  memcgStat,
  taskInMemcg,
  memcgProtection,
  slabHead,
  slabUnavailable,
  allocationSitesHead,
  memInfoHead,
  hugepages,
  node,
  zone,
  lowmemReserve,
  freeList,
  pageCache,
  swapCache,
  swapCacheStats,
  swapSizes,
  totals,
  memInfo,
  cpu,
  hardware,
  version,
  trace,
  registers,
  place,
  slabRow,
];

export function kindOf(text: string): LineKind | undefined {
  // Nothing that a line of these reports begins with is longer than this; a regex is never run over megabytes.
  const head = text.length > 2048 ? text.slice(0, 2048) : text;
  return kinds.find((kind) => (kind.needs === undefined || head.includes(kind.needs)) && kind.starts.test(head));
}

/** Lines that mean something only after the heading that they stand under. */
export function readInSection(text: string, draft: Draft): boolean {
  if (text.length > 256) return false;
  if (draft.section === 'stat') return readStatEntry(text, draft);
  if (draft.section === 'sites') return readAllocationSite(text, draft);
  return false;
}
