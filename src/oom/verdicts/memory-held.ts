import { exactly, rounded } from '../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { list } from '../../words/quantity.js';
import { told, toldList, type KnownFact, type Told } from '../../words/told.js';
import { amount, ifCounted, memcgCounter, pageKB, type OomReport } from '../model.js';
import { factsIn, shareOf } from '../report-facts.js';
import { ownerOfMemory } from '../scope.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine } from '../zones.js';
import { consumers, mappedKB, mostlyUnmapped, placeOf, sum, type Consumer, type ConsumerKind } from './consumers.js';
import { notable } from './held.js';
import { kernelHeldKinds, hugetlbHeld, pipesHeld, slabHeld, unevictableHeld, zramHeld } from './kernel-held.js';
import { largestTask } from './process-held.js';
import { shmemHeld } from './shmem-held.js';
import { stacksHeld, tablesHeld, taskHeldKinds } from './task-held.js';

const sharesKind = findingKind({
  id: 'oom.memory-held.shares',
  meaning: 'What the memory was used for: the largest consumers, and what no counter accounts for.',
  when: 'the report holds the counters of the machine, or memory.stat of the cgroup',
  moment: 'report',
  step: 'certain',
});

const unaccounted = findingKind({
  id: 'oom.memory-held.unaccounted',
  meaning: 'Memory that the kernel holds and no counter accounts for.',
  when: 'all consumers together leave more than 15 % of the memory unexplained',
  moment: 'report',
  step: 'likely',
});

/**
 * What held the memory: the largest consumers, which add up to all that the kernel manages, with what no counter
 * accounts for.
 */
export const memoryHeld: Verdict = {
  id: 'oom.memory-held',
  kinds: [sharesKind, unaccounted, ...taskHeldKinds, ...kernelHeldKinds],
  judge(report) {
    const found = isOfMachine(report) ? ofMachine(report) : ofMemcg(report);
    return found.length === 0 ? notSo('the report holds no counters to tell it') : so(...found);
  },
};

/** Behind anonymous memory that its processes do not account for: what of it they map, and who pins the most. */
function byRss(report: OomReport, anonymousKB: number): Told | string {
  if (!mostlyUnmapped(report, anonymousKB)) return '';
  const { kB, task } = factsIn(report);
  const mapped = kB('rss_anon of all tasks', mappedKB(report)!, 'rss_anon of the task table, summed');
  const pinner = report.beyond?.pinned?.[0];
  const pinned = (): Told | string => {
    if (pinner === undefined) return '';
    const size = kB('pinned_vm', pinner.pages * pageKB(report), 'mm_struct.pinned_vm');
    return told`; ${task('pinner', pinner, 'list of tasks')} has ${size} pinned`;
  };
  return told` (the processes of the task table have ${mapped} of it mapped${pinned()})`;
}

function ofMachine(report: OomReport): Finding[] {
  const shares = consumers(report);
  if (shares === undefined) return [];
  const { kB, managed, share } = factsIn(report);
  const { managedKB: wholeKB } = shares;
  const whole = managed(wholeKB);
  const of = (kind: ConsumerKind): number => ifCounted(shares.consumers.find((consumer) => consumer.kind === kind)?.kB);
  const held = (consumer: Consumer): KnownFact => kB(consumer.kind, consumer.kB, placeOf[consumer.kind]);
  const butUnread =
    shares.unread.length === 0 || shares.unaccountedKB < wholeKB * roundingShare
      ? ''
      : `; what could not be read of ${list(shares.unread)} is a part of that`;
  const rest = kB(
    shares.unaccountedKB < 0 ? 'counted twice' : 'not accounted for',
    Math.abs(shares.unaccountedKB),
    'managed − the consumers',
  );
  const evidence = [
    ...shares.consumers.map(
      (consumer) => told`${consumer.name}: ${exactly(held(consumer))} (${share(held(consumer), whole)})`,
    ),
    shares.unaccountedKB < 0
      ? told`counted twice: ${exactly(rest)}`
      : told`not accounted for by any counter: ${exactly(rest)} (${share(rest, whole)})${butUnread}`,
    told`together: ${exactly(whole)} managed`,
  ];
  const largest = shares.consumers.filter((consumer) => consumer.kind !== 'free').slice(0, 3);
  const inRss = (consumer: Consumer): Told | string => (consumer.kind === 'anon' ? byRss(report, consumer.kB) : '');
  const most = largest.map(
    (one) => told`${held(one)} (${share(held(one), whole)}) ${isAre(one)} ${one.name}${inRss(one)}`,
  );
  const ofRest = restInWords(rest, shares.unaccountedKB, whole);
  const byNoCounter =
    'are held by the kernel and accounted for by no counter in the report: ' +
    "drivers' own pages, pipes, sockets, vmalloc, a balloon";
  return [
    conclude(
      sharesKind,
      {
        subject: { kind: 'machine' },
        sentence: told`Of ${whole} that the kernel manages, ${toldList(most)}; ${ofRest}${butUnread}.`,
        evidence,
      },
      'of the machine',
    ),
    ...(of('slab-unreclaimable') > wholeKB * notable ? [slabHeld(report, of('slab-unreclaimable'), wholeKB)] : []),
    ...(of('shmem') > wholeKB * notable ? [shmemHeld(report, of('shmem'), wholeKB)] : []),
    ...(of('unevictable') > wholeKB * notable ? [unevictableHeld(report, of('unevictable'), wholeKB)] : []),
    ...tablesHeld(report, of('page-tables'), wholeKB),
    ...stacksHeld(report, of('kernel-stacks'), wholeKB),
    ...hugetlbHeld(report, wholeKB),
    ...pipesHeld(report, wholeKB),
    ...zramHeld(report, wholeKB),
    ...(shares.unaccountedKB > wholeKB * notable
      ? [
          conclude(unaccounted, {
            subject: { kind: 'memory', name: 'unaccounted' },
            share: shares.unaccountedKB / wholeKB,
            sentence: told`${rest} of ${whole} (${share(rest, whole)}) ${byNoCounter}${butUnread}.`,
            evidence,
          }),
        ]
      : []),
  ];
}

/** Counters that are read one after the other do not add up to the last page. */
const roundingShare = 0.001;

function restInWords(rest: KnownFact, signedKB: number, whole: KnownFact): string | Told {
  if (Math.abs(signedKB) < Number(whole.fact.value) * roundingShare)
    return 'that accounts for all of it, up to rounding';
  return told`${rest} (${shareOf(rest, whole)}) ${signedKB < 0 ? 'is counted twice' : 'is not accounted for'}`;
}

/** What is charged to the cgroup that is out of memory, by its memory.stat. */
export interface Charged {
  readonly usageKB: number;
  readonly limitKB: number | undefined;
  readonly consumers: readonly Consumer[];
  readonly notInStatKB: number;
  /**
   * What the kernel memory of the group is made of; empty where the counters do not say. On v1 memory.stat has none of
   * it, and kmem all.
   */
  readonly kernel: readonly Consumer[];
}

/** undefined where the report has no memory.stat, or nothing is charged. */
export function chargedTo({ memcg }: OomReport): Charged | undefined {
  const stat = memcg?.stat;
  const memory = memcgCounter(memcg, 'memory');
  if (stat === undefined || memory === undefined) return undefined;
  const unit = memcg!.statUnit === 'kB' ? 1 : 1024;
  const inKB = (...names: string[]): number => sum(names.map((name) => stat[name])) / unit;
  const shmem = inKB('shmem');
  const all: Consumer[] = [
    { name: 'anonymous memory', kind: 'anon', kB: inKB('anon', 'rss') },
    { name: 'page cache', kind: 'file', kB: Math.max(0, inKB('file', 'cache') - shmem) },
    { name: 'shmem and tmpfs', kind: 'shmem', kB: shmem },
    // v2 has since 5.18 one counter for all that the kernel itself holds for the group.
    {
      name: 'kernel memory',
      kind: 'kernel',
      kB: stat['kernel'] === undefined ? inKB('kernel_stack', 'pagetables', 'percpu', 'slab') : inKB('kernel'),
    },
    { name: 'socket buffers', kind: 'sockets', kB: inKB('sock') },
  ];
  const consumers = all.filter((part) => part.kB > 0).toSorted((a, b) => b.kB - a.kB);
  const usageKB = Number(memory.usageKB);
  if (consumers.length === 0 || usageKB === 0) return undefined;
  const limitKB = memory.limitKB === null ? undefined : Number(memory.limitKB);
  const notInStatKB = usageKB - consumers.reduce((total, part) => total + part.kB, 0);
  const kernelKB = consumers.find(({ kind }) => kind === 'kernel')?.kB;
  const kmemKB = ifCounted(memcgCounter(memcg, 'kmem')?.usageKB);
  const kernel = (): Consumer[] => {
    if (kernelKB !== undefined) return kernelParts(inKB, kernelKB);
    return kmemKB > 0 && kmemKB <= notInStatKB ? [{ name: 'kernel memory (kmem)', kind: 'kernel', kB: kmemKB }] : [];
  };
  return { usageKB, limitKB, consumers, kernel: kernel(), notInStatKB };
}

/** Counters lag behind one another on busy CPUs: parts that exceed their sum are not shown. */
function kernelParts(inKB: (...names: string[]) => number, kernelKB: number): Consumer[] {
  const bySort = inKB('slab_unreclaimable') + inKB('slab_reclaimable') > 0;
  const parts: Consumer[] = [
    ...(bySort
      ? [
          { name: 'slab, unreclaimable', kind: 'slab-unreclaimable' as const, kB: inKB('slab_unreclaimable') },
          { name: 'slab, reclaimable', kind: 'slab-reclaimable' as const, kB: inKB('slab_reclaimable') },
        ]
      : [{ name: 'slab', kind: 'slab' as const, kB: inKB('slab') }]),
    { name: 'kernel stacks', kind: 'kernel-stacks', kB: inKB('kernel_stack') },
    { name: 'page tables', kind: 'page-tables', kB: inKB('pagetables', 'sec_pagetables') },
    { name: 'per-CPU memory', kind: 'percpu', kB: inKB('percpu') },
  ];
  const rest = kernelKB - parts.reduce((sum, { kB }) => sum + kB, 0);
  return rest < -1
    ? []
    : [...parts, { name: 'other kernel memory', kind: 'kernel' as const, kB: rest }].filter(({ kB }) => kB >= 1);
}

function ofMemcg(report: OomReport): Finding[] {
  const charged = chargedTo(report);
  if (charged === undefined) return [];
  const { usageKB, consumers, notInStatKB } = charged;
  const { kB, wordOr, task, share } = factsIn(report);
  const usage = kB('memory.usage', usageKB, 'memory: usage');
  const top = largestTask(report.tasks);
  const part = (one: Consumer): KnownFact => kB(one.kind, one.kB, `memory.stat: ${one.name}`);
  const path = wordOr('oom_memcg', report.memcg!.path, 'the cgroup');
  const most = consumers.slice(0, 3).map((one) => told`${part(one)} (${share(part(one), usage)}) is ${one.name}`);
  const process = (): Told | string => {
    if (top === undefined) return '';
    const pages = amount(top.rssAnon) ?? Number(top.rss);
    const source = top.rssAnon === undefined ? 'rss of the task table' : 'rss_anon of the task table';
    const held = kB('process.held', pages * pageKB(report), source);
    return told`; its largest process is ${task('process', { comm: top.name, pid: top.pid })} with ${held}`;
  };
  return [
    conclude(
      sharesKind,
      {
        subject: ownerOfMemory(report),
        sentence: told`Of ${usage} charged to ${path}, ${toldList(most)}${process()}.`,
        evidence: [
          ...consumers.map((one) => told`${one.name}: ${rounded(part(one))} (${share(part(one), usage)})`),
          told`not in memory.stat: ${rounded(kB('not in memory.stat', notInStatKB, 'memory: usage − memory.stat'))}`,
          told`usage: ${exactly(usage)}`,
        ],
      },
      'of a cgroup',
    ),
  ];
}

/** Of a consumer whose name is a plural. */
function isAre({ kind }: Consumer): string {
  return plurals.has(kind) ? 'are' : 'is';
}

const plurals: ReadonlySet<ConsumerKind> = new Set(['page-tables', 'kernel-stacks', 'hugetlb', 'pipes', 'sockets']);
