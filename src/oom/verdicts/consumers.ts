import { ifCounted, pageKB, totalOf, type Count, type OomReport } from '../model.js';
import { managedKB } from '../zones.js';

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

/** Counters of processes lag behind, and those that are exiting are in no table: less than this is their memory. */
const mappedShare = 0.75;

/** What the processes of the task table map of the anonymous memory; undefined where not each row has it. */
export function mappedKB(report: OomReport): number | undefined {
  const { tasks, incomplete } = report;
  if (tasks === undefined || tasks.length === 0 || incomplete?.tasks !== undefined) return undefined;
  const pages = totalOf(tasks.map((task) => task.exact?.rssAnon ?? task.rssAnon));
  return pages === undefined ? undefined : pages * pageKB(report);
}

/** Pages that a driver or io_uring allocated can be on the anonymous lists too, and in no process's rss. */
export function mostlyUnmapped(report: OomReport, anonymousKB: number): boolean {
  const mapped = mappedKB(report);
  return mapped !== undefined && mapped < anonymousKB * mappedShare;
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
export function onAnonymousLists(report: OomReport): { anonymousKB: number; shmemKB: number } {
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

/** Of counters that not every kernel has. */
export function sum(counts: readonly (Count | undefined)[] | undefined): number {
  return counts === undefined ? 0 : counts.reduce<number>((total, one) => total + ifCounted(one), 0);
}
