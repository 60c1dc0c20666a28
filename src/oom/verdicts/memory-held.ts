import { exactly, rounded, word } from '../../words/known-facts.js';
import { taskSubject } from '../../words/subject.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { list } from '../../words/quantity.js';
import { told, toldList, type KnownFact, type Told } from '../../words/told.js';
import { amount, ifCounted, pageKB, totalOf, type Count, type OomReport, type OomTask } from '../model.js';
import { factsIn, shareOf } from '../report-facts.js';
import { readIn } from '../sources.js';
import { ownerOfMemory } from '../scope.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { notable } from './held.js';
import { kernelHeldKinds, hugetlbHeld, pipesHeld, slabHeld, unevictableHeld, zramHeld } from './kernel-held.js';
import { shmemHeld } from './shmem-held.js';

const sharesKind = findingKind({
  id: 'oom.memory-held.shares',
  meaning: 'What the memory was used for: the largest consumers, and what no counter accounts for.',
  when: 'the report holds the counters of the machine, or memory.stat of the cgroup',
  moment: 'report',
  step: 'certain',
});

const processKind = findingKind({
  id: 'oom.memory-held.process',
  meaning: 'One process held a large share of the memory.',
  when: 'it held 30 % or more of the memory that the request may use',
  moment: 'report',
  step: 'certain',
});

const pageTables = findingKind({
  id: 'oom.memory-held.page-tables',
  meaning: 'Page tables alone take much of the memory.',
  when: 'they take more than 15 % of it',
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

/** A single process that holds so much is the story. */
const dominant = 0.3;

/**
 * What held the memory: the largest consumers, which add up to all that the kernel manages, with what no counter
 * accounts for.
 */
export const memoryHeld: Verdict = {
  id: 'oom.memory-held',
  kinds: [sharesKind, pageTables, unaccounted, ...kernelHeldKinds],
  judge(report) {
    const found = isOfMachine(report) ? ofMachine(report) : ofMemcg(report);
    return found.length === 0 ? notSo('the report holds no counters to tell it') : so(...found);
  },
};

/** The one process that is the story. By itself: it rests on the task table, which the shares do not. */
export const processHeld: Verdict = {
  id: processKind.id,
  kinds: [processKind],
  judge(report) {
    const whole = isOfMachine(report) && report.memInfo !== undefined ? managedKB(report, pageKB(report)) : undefined;
    if (whole === undefined) return notSo('the report holds no counters of the machine to tell it');
    const found = topProcess(report, whole, onAnonymousLists(report).anonymousKB);
    return found === undefined ? notSo('no process holds so much') : so(found);
  },
};

/** What memory is used for, as charts tell it apart. */
export type ConsumerKind =
  | 'anon'
  | 'file'
  | 'shmem'
  | 'unevictable'
  | 'slab-unreclaimable'
  | 'slab-reclaimable'
  | 'slab'
  | 'page-tables'
  | 'kernel-stacks'
  | 'kernel'
  | 'hugetlb'
  | 'percpu'
  | 'zram'
  | 'pipes'
  | 'sockets'
  | 'free';

/** Something that holds memory, with how much. */
export interface Consumer {
  readonly name: string;
  readonly kind: ConsumerKind;
  readonly kB: number;
}

export interface Shares {
  readonly managedKB: number;
  readonly consumers: readonly Consumer[];
  readonly unaccountedKB: number;
  /** Consumers that can't be read, or not in full: what they hold is among what is not accounted for. */
  readonly unread: readonly string[];
}

/** Consumers of the whole machine in kB, the largest first; with "not accounted for" they add up to `managedKB`. */
export function consumers(report: OomReport): Shares | undefined {
  const page = pageKB(report);
  const managed = managedKB(report, page);
  const info = report.memInfo;
  if (managed === undefined || info === undefined) return undefined;
  const pages = (...names: string[]): number => sumOf(info, names) * page;
  const { anonymousKB, shmemKB } = onAnonymousLists(report);
  const beyond = report.beyond;
  // The report shows nodes that the request may use only; a dump has all.
  const stacks = beyond?.kernelStackKB ?? stacksShown(report);
  const hugetlb = (beyond?.hugetlb ?? report.hugepages)?.reduce(
    (total, pool) => total + Number(pool.total) * pool.sizeKB,
    0,
  );
  const all: Consumer[] = [
    {
      name: mostlyUnmapped(report, anonymousKB) ? 'anonymous memory' : 'anonymous memory of processes',
      kind: 'anon',
      kB: anonymousKB,
    },
    { name: 'shmem and tmpfs', kind: 'shmem', kB: shmemKB },
    { name: 'page cache', kind: 'file', kB: pages('active_file', 'inactive_file', 'isolated_file') },
    { name: 'unevictable', kind: 'unevictable', kB: pages('unevictable') },
    { name: 'slab, unreclaimable', kind: 'slab-unreclaimable', kB: pages('slab_unreclaimable') },
    { name: 'slab, reclaimable', kind: 'slab-reclaimable', kB: pages('slab_reclaimable') },
    { name: 'page tables', kind: 'page-tables', kB: pages('pagetables', 'sec_pagetables') },
    { name: 'kernel stacks', kind: 'kernel-stacks', kB: stacks },
    { name: 'hugetlb pools', kind: 'hugetlb', kB: ifCounted(hugetlb) },
    { name: 'per-CPU memory', kind: 'percpu', kB: ifCounted(beyond?.percpuPages) * page },
    {
      name: "zram's pool",
      kind: 'zram',
      kB:
        ifCounted(beyond?.zram?.reduce((total, device) => total + device.poolPages * page, 0)) ||
        sum(report.zones?.map((zone) => zone.kB.zspages)),
    },
    { name: 'pipes', kind: 'pipes', kB: ifCounted(beyond?.pipes?.pages) * page },
    { name: 'sockets', kind: 'sockets', kB: ifCounted(beyond?.sockets?.pages) * page },
    { name: 'free', kind: 'free', kB: pages('free', 'free_pcp') },
  ];
  const held = all.filter((consumer) => consumer.kB > 0).toSorted((a, b) => b.kB - a.kB);
  return {
    managedKB: managed,
    consumers: held,
    unaccountedKB: managed - held.reduce((total, consumer) => total + consumer.kB, 0),
    unread: unreadConsumers(report),
  };
}

/** Counters of processes lag behind, and those that are exiting are in no table: less than this is their memory. */
const mappedShare = 0.75;

/** What the processes of the task table map of the anonymous memory; undefined where not each row has it. */
function mappedKB(report: OomReport): number | undefined {
  const { tasks, incomplete } = report;
  if (tasks === undefined || tasks.length === 0 || incomplete?.tasks !== undefined) return undefined;
  const pages = totalOf(tasks.map((task) => task.exact?.rssAnon ?? task.rssAnon));
  return pages === undefined ? undefined : pages * pageKB(report);
}

/** Pages that a driver or io_uring allocated can be on the anonymous lists too, and in no process's rss. */
function mostlyUnmapped(report: OomReport, anonymousKB: number): boolean {
  const mapped = mappedKB(report);
  return mapped !== undefined && mapped < anonymousKB * mappedShare;
}

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

function unreadConsumers({ incomplete = {}, hugepages }: OomReport): string[] {
  return [
    ...(incomplete['beyond.kernelStackKB'] === undefined ? [] : ['kernel stacks']),
    ...(incomplete['beyond.hugetlb'] === undefined || hugepages !== undefined ? [] : ['hugetlb pools']),
    ...(incomplete['beyond.percpuPages'] === undefined ? [] : ['per-CPU memory']),
    ...(incomplete['beyond.zram'] === undefined ? [] : ["zram's pool"]),
    ...(incomplete['beyond.pipes'] === undefined ? [] : ['pipes']),
  ];
}

/** shmem stands on the anonymous lists; what of it does not fit there is locked. */
function onAnonymousLists(report: OomReport): { anonymousKB: number; shmemKB: number } {
  const page = pageKB(report);
  const info = report.memInfo;
  if (info === undefined) return { anonymousKB: 0, shmemKB: 0 };
  const lists = sumOf(info, ['active_anon', 'inactive_anon', 'isolated_anon']) * page;
  const shmemKB = Math.min(sumOf(info, ['shmem']) * page, lists);
  return { anonymousKB: lists - shmemKB, shmemKB };
}

function sumOf(info: NonNullable<OomReport['memInfo']>, names: readonly string[]): number {
  return sum(names.map((name) => info[name]));
}

/** By node since 5.10, by zone before. */
function stacksShown({ nodes, zones }: OomReport): number {
  return sum(nodes?.map((node) => node.kB.kernel_stack)) || sum(zones?.map((zone) => zone.kB.kernel_stack));
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
  const tables = kB('page-tables', of('page-tables'), placeOf['page-tables']);
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
    ...(of('page-tables') > wholeKB * notable
      ? [
          conclude(pageTables, {
            subject: { kind: 'memory', name: 'page-tables' },
            sentence: told`Page tables alone take ${tables} of ${whole} (${share(tables, whole)}): many processes map the same large memory.`,
            evidence: [told`pagetables: ${exactly(tables)}`],
          }),
        ]
      : []),
    ...hugetlbHeld(report, wholeKB),
    ...pipesHeld(report, wholeKB),
    ...zramHeld(report, wholeKB),
    ...(shares.unaccountedKB > wholeKB * notable
      ? [
          conclude(unaccounted, {
            subject: { kind: 'memory', name: 'unaccounted' },
            sentence: told`${rest} of ${whole} (${share(rest, whole)}) ${byNoCounter}${butUnread}.`,
            evidence,
          }),
        ]
      : []),
  ];
}

/** Which of the kernel's counters tell a consumer. */
export const placeOf: Readonly<Record<ConsumerKind, string>> = {
  anon: 'active_anon + inactive_anon + isolated_anon − shmem',
  shmem: 'shmem',
  file: 'active_file + inactive_file + isolated_file',
  unevictable: 'unevictable',
  'slab-unreclaimable': 'slab_unreclaimable',
  'slab-reclaimable': 'slab_reclaimable',
  slab: 'slab',
  'page-tables': 'pagetables + sec_pagetables',
  'kernel-stacks': 'kernel_stack',
  kernel: 'kernel',
  hugetlb: 'total × size of the hugetlb pools',
  percpu: 'pcpu_nr_pages()',
  zram: "pages of zram's pools, or zspages of the zones",
  pipes: 'pages in pipes',
  sockets: 'memory of sockets',
  free: 'free + free_pcp',
};

/** Counters that are read one after the other do not add up to the last page. */
const roundingShare = 0.001;

function restInWords(rest: KnownFact, signedKB: number, whole: KnownFact): string | Told {
  if (Math.abs(signedKB) < Number(whole.fact.value) * roundingShare)
    return 'that accounts for all of it, up to rounding';
  return told`${rest} (${shareOf(rest, whole)}) ${signedKB < 0 ? 'is counted twice' : 'is not accounted for'}`;
}

function topProcess(report: OomReport, wholeKB: number, anonymousKB: number): Finding | undefined {
  const page = pageKB(report);
  const top = largestTask(report.tasks);
  if (top === undefined) return undefined;
  const kill = report.kills.find((one) => one.pid === top.pid);
  const anon = amount(kill?.anonRssKB) ?? pagesOf(top.exact?.rssAnon ?? top.rssAnon, page);
  const heldKB = anon ?? Number(top.rss) * page;
  // A cpuset or a policy binds the request to nodes: only their memory counts.
  const bound =
    report.event.constraint === 'CONSTRAINT_CPUSET' || report.event.constraint === 'CONSTRAINT_MEMORY_POLICY';
  const openKB = bound && report.zones !== undefined ? totalOf(report.zones.map((zone) => zone.kB.managed)) : wholeKB;
  if (openKB === undefined || heldKB < openKB * dominant) return undefined;
  const { kB, managed, task, share } = factsIn(report);
  const isHuge = sum(report.nodes?.map((node) => node.kB.anon_thp)) > 0 && anonymousKB > 0;
  const [thp, anonymous] = [
    kB('anon_thp', sum(report.nodes?.map((node) => node.kB.anon_thp))),
    kB('anonymous', anonymousKB, placeOf.anon),
  ];
  const hugeShare = isHuge
    ? told`; ${share(thp, anonymous)} of the machine's anonymous memory is in transparent huge pages`
    : '';
  const what = anon === undefined ? 'resident memory' : 'anonymous memory';
  const inTable = anon === undefined ? 'rss of the task table' : 'rss_anon of the task';
  const holds = kB('process.held', heldKB, kill?.anonRssKB === undefined ? inTable : 'anon-rss of the kill line');
  const open =
    bound && report.zones !== undefined
      ? kB('managed', openKB, 'managed of the zones that the request may use')
      : managed(openKB);
  const comm = word('process.comm', top.name, readIn(report, 'the task table'));
  const ofWhat = bound ? 'on the nodes that the request may use' : 'managed';
  const who = task('process', { comm: top.name, pid: top.pid });
  return conclude(processKind, {
    subject: taskSubject({ comm: top.name, pid: top.pid }),
    sentence: told`${holds} of ${open} ${ofWhat} is the ${what} of ${who}${hugeShare}.`,
    evidence: [
      kill?.anonRssKB === undefined
        ? told`${comm}: ${what} ${exactly(holds)} (task table)`
        : told`${comm}: anon-rss ${exactly(holds)} (kill line)`,
      told`managed: ${exactly(open)}; share ${share(holds, open)}`,
      ...(isHuge ? [told`anon_thp ${exactly(thp)} of anonymous ${exactly(anonymous)} = ${share(thp, anonymous)}`] : []),
    ],
  });
}

function pagesOf(count: OomTask['rssAnon'], page: number): number | undefined {
  return count === undefined ? undefined : Number(count) * page;
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
  const memory = memcg?.counters.find((counter) => counter.name === 'memory');
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
  const kmemKB = ifCounted(memcg!.counters.find(({ name }) => name === 'kmem')?.usageKB);
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

/** The task that holds most, swapped pages included; of the threads of one process the kernel prints one row. */
export function largestTask(tasks: readonly OomTask[] | undefined): OomTask | undefined {
  let top: OomTask | undefined;
  for (const task of tasks ?? []) if (top === undefined || held(task) > held(top)) top = task;
  return top;
}

function held(task: OomTask): number {
  return Number(task.exact?.rss ?? task.rss) + ifCounted(task.swapents);
}

/** Of counters that not every kernel has. */
function sum(counts: readonly (Count | undefined)[] | undefined): number {
  return counts === undefined ? 0 : counts.reduce<number>((total, one) => total + ifCounted(one), 0);
}

/** Of a consumer whose name is a plural. */
function isAre({ kind }: Consumer): string {
  return plurals.has(kind) ? 'are' : 'is';
}

const plurals: ReadonlySet<ConsumerKind> = new Set(['page-tables', 'kernel-stacks', 'hugetlb', 'pipes', 'sockets']);
