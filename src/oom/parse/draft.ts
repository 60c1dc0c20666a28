import type {
  AllocationSite,
  Count,
  FreeList,
  HugepagePool,
  Kill,
  MemcgCounter,
  NodeState,
  OomTask,
  Reaped,
  SlabCache,
  Victim,
  ZoneState,
} from '../model.js';

type Writable<T> = { -readonly [key in keyof T]: T[key] };

/** A report while its lines come in. `report.ts` makes the model of it. */
export interface Draft {
  firstLine: number;
  lastLine: number;
  caller?: string;
  trigger?: 'oom' | 'allocation-failure';
  triggerText?: string;
  time?: string;
  comm?: string;
  pid?: number;
  uid?: number;
  cpu?: number;
  gfpMask?: number;
  gfpNames?: string[];
  order?: number;
  oomScoreAdj?: number;
  oomAdj?: number;
  failure?: string;
  constraint?: string;
  nodemask?: string;
  cpuset?: string;
  memsAllowed?: string;
  release?: string;
  /** The machine that syslog names on the report's first line. */
  host?: string;
  build?: string;
  hardware?: string;
  taint?: string;
  memcgPath?: string;
  taskMemcgPath?: string;
  memcgCounters: MemcgCounter[];
  stat?: Map<string, Count>;
  statUnit?: 'bytes' | 'kB';
  statPath?: string;
  protectionKB?: { min: Count; low: Count };
  memInfo?: Map<string, Count>;
  nodes: NodeState[];
  zones: Writable<ZoneState>[];
  freeLists: FreeList[];
  hugepages: HugepagePool[];
  pageCachePages?: Count;
  swapCachePages?: Count;
  swapCacheStats?: { add: Count; delete: Count; findSuccess: Count; findTotal: Count };
  freeSwapKB?: Count;
  totalSwapKB?: Count;
  totals?: Map<string, Count>;
  slab?: SlabCache[];
  slabUnavailable?: string;
  allocationSites?: AllocationSite[];
  columns?: string[];
  tasks?: OomTask[];
  selected?: Writable<Victim>;
  kills: Kill[];
  reaped: Reaped[];
  groupKill?: string;
  panic?: string;
  /** The panic's own line has come. */
  panicked: boolean;
  byHand: boolean;
  sawMemInfo: boolean;
  trace: string[];
  registers: string[];
  /** What the next lines belong to, where a line alone does not tell. */
  section?: 'trace' | 'memory' | 'stat' | 'slab' | 'tasks' | 'sites';
  /** Something was thrown away because there was too much of it. */
  overflow?: string;
}

/** Bounds on what one report may hold: a hostile log can repeat lines for ever. */
export const bounds = {
  tasks: 262_144,
  caches: 4_096,
  zones: 4_096,
  stat: 4_096,
  trace: 512,
  registers: 256,
  kills: 65_536,
} as const;

export function newDraft(line: number): Draft {
  return {
    firstLine: line,
    lastLine: line,
    memcgCounters: [],
    nodes: [],
    zones: [],
    freeLists: [],
    hugepages: [],
    kills: [],
    reaped: [],
    panicked: false,
    byHand: false,
    sawMemInfo: false,
    trace: [],
    registers: [],
  };
}

/** Adds to a list within its bound. */
export function push<T>(draft: Draft, list: T[], item: T, bound: number, what: string): void {
  if (list.length < bound) list.push(item);
  else draft.overflow = `more than ${bound} ${what}: the rest was not kept`;
}
