/**
 * How much each kind of finding explains of why a machine died, 0 to 100; the order in which findings are printed, a
 * likely one as if it weighed 85 % of that, a possible one 60 %. What weighs less than 50 is a circumstance, and no
 * cause. A kind has several weights where it explains more in one case than in another; one that accounts for a part of
 * all memory has what all of it would weigh.
 */
export const weights = {
  'oom.memory-held.pool': 98,
  'log.earlier-oops': {
    'the first, and another ended the kernel': 98,
    'before another': 95,
    'the machine lived on': 36,
  },
  'ending.exception': 97,
  'ending.bug': 97,
  'ending.check': 97,
  'ending.machine-check': 97,
  'ending.policy': { 'its culprit is told': 97, 'what waits is told elsewhere': 46 },
  'log.oops': { 'it tells itself': 97, 'by hand': 42 },
  'ending.panic': 96,
  'ending.init-killed': 96,
  'ending.no-root': 96,
  'ending.no-init': 96,
  'lock.self-deadlock': 95,
  'timeline.earlier-oops': {
    'before another oops': 95,
    'before a watchdog’s panic': 84,
    'before a panic': 42,
    'the machine lived on': 34,
  },
  'oom.nothing-wrong': { 'started manually': 95, 'a page fault failed': 85, 'came free since': 62 },
  'oom.constraint': {
    'its nodes are full': 93,
    'a limit was hit': 92,
    'the limit is not shown': 80,
    'the nodes are not shown': 80,
    'no constraint': 30,
  },
  'oom.memory-held.slab': 91,
  'oom.memory-held.shmem': 91,
  'oom.memory-held.pipes': 91,
  'oom.memory-held.hugetlb': { 'mostly unused': 91, 'in use': 70 },
  'oom.memory-held.process': 91,
  'oom.memory-held.unevictable': 91,
  'oom.memory-held.unaccounted': 91,
  'oom.memory-held.page-tables': 91,
  'oom.memory-held.kernel-stacks': 91,
  'lock.deadlock': 90,
  'oom.watermark': { 'few zones may serve it, or no block is large enough': 90, 'all memory may serve it': 49 },
  'oom.still-there': 89,
  'lock.holder-stopped': 88,
  'lock.owner-exited': 85,
  'lock.sleeps-with-spinlock': { 'a lock': 85, 'an event': 58 },
  'lock.stuck-owner': { 'a lock': 80, 'a lock, and its holder waits itself': 65, 'an event': 58 },
  'watchdog.stuck-cpu': { 'it waits for nobody': 79, 'it waits for a lock': 65 },
  'oom.victim.hidden': 78,
  'lock.frozen': 75,
  'oom.memory-held.zram': { full: 72, 'not full': 45 },
  'lock.owner-sleeps': { 'a lock': 70, 'an event': 58 },
  'oom.memory-held.shares': { 'of a cgroup': 70, 'of the machine': 60 },
  'oom.victim.none': 70,
  'log.report': { 'a stall': 66, corruption: 64, 'a hung task': 56, 'a warning': 36 },
  'oom.afterwards': { short: 60, 'not short': 20 },
  'oom.victim.chosen': {
    'another had the higher score': 60,
    'for its oom_score_adj': 55,
    'the largest': 50,
    'no table to compare': 40,
  },
  'watchdog.kept-cpu': 59,
  'oom.prevention.hugetlb': 58,
  'oom.prevention.slab': 58,
  'oom.prevention.cpuset': 56,
  'oom.prevention.policy': 56,
  'watchdog.rcu-stall': 55,
  'oom.victim.small': 54,
  'oom.prevention.tmpfs': 54,
  'oom.prevention.adj': 52,
  'oom.prevention.order': 50,
  'oom.prevention.sysrq': 50,
  'ending.lived': { 'at rest': 49, 'at work': 41 },
  'oom.reclaim': 48,
  'oom.prevention.limit': 48,
  'oom.victim.group': 45,
  'oom.victim.panic': 45,
  'watchdog.hung-tasks': 45,
  'ending.out-of-memory': 43,
  'ending.by-hand': 42,
  'lock.owner-unknown': 40,
  'oom.prevention.swap': 40,
  'timeline.earlier-corruption': 36,
  'oom.still-there.zombies': 35,
  'timeline.earlier-hardware-error': 34,
  'timeline.earlier-io-error': 33,
  'oom.earlier': 32,
  'timeline.earlier-stall': 31,
  'timeline.earlier-daemon-kill': 30,
  'timeline.earlier-warning': 26,
  'timeline.untold': 24,
} as const satisfies Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** Of a finding that oompm itself makes. */
export type FindingId = keyof typeof weights;

/** The case of a kind, where its weight depends on one; else nothing. */
export type CaseOf<Id extends FindingId> = (typeof weights)[Id] extends number ? [] : [keyof (typeof weights)[Id]];

export function weightOf<Id extends FindingId>(id: Id, ...of: CaseOf<Id>): number {
  const weight: number | Readonly<Record<string, number>> = weights[id];
  return typeof weight === 'number' ? weight : weight[String(of[0])]!;
}

/** What explains nothing yet, of what accounts for memory. */
const leastShare = 55;

/** The weight of what accounts for a part of all memory, 0 to 1. */
export function weighed(weight: number, share: number | undefined): number {
  if (share === undefined || Number.isNaN(share)) return weight;
  return Math.round(leastShare + (weight - leastShare) * Math.min(1, Math.max(0, share)));
}
