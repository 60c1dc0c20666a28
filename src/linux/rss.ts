import { ShapeError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Ref } from '../kernel/shape.js';
import { allThreads, type Task } from './tasks.js';

/** Pages by what they are, and swap entries. */
export interface RssPages {
  readonly file: number;
  readonly anon: number;
  readonly shmem: number;
  readonly swap: number;
}

/**
 * A process's resident pages, twice: as the kernel's cheap read has them, which its reports print up to 6.12, and as they
 * are. Up to 6.1 threads keep up to 64 pages each to themselves; from 6.2 on CPUs do.
 */
export interface Rss {
  /** get_mm_counter(): what the kernel itself goes by in most places. */
  readonly approximate: RssPages;
  /** get_mm_counter_sum(): with what threads or CPUs have not yet added. */
  readonly exact: RssPages;
}

/** @throws ReadError, ShapeError */
export function rssOf(kernel: Kernel, mm: Ref<'mm_struct'>): Rss {
  const { file, anon, shmem, swap } = kernel.once('mm counters', () => members(kernel));
  const read = counterReader(kernel, mm);
  const [f, a, h, s] = [read(file), read(anon), read(shmem), read(swap)];
  return {
    approximate: { file: f.approximate, anon: a.approximate, shmem: h.approximate, swap: s.approximate },
    exact: { file: f.exact, anon: a.exact, shmem: h.exact, swap: s.exact },
  };
}

/** get_mm_rss(): what `ps` calls RSS. */
export function residentPages({ file, anon, shmem }: RssPages): number {
  return file + anon + shmem;
}

interface Counter {
  approximate: number;
  exact: number;
}

/** MM_FILEPAGES and its fellows, include/linux/mm_types_task.h. */
function members(kernel: Kernel): { file: number; anon: number; shmem: number; swap: number } {
  const index = (name: string): number => {
    const value = kernel.enumerator(name);
    if (value === undefined) throw new ShapeError(`this kernel has no enumerator ${name}`);
    return value;
  };
  return { file: index('MM_FILEPAGES'), anon: index('MM_ANONPAGES'), shmem: index('MM_SHMEMPAGES'), swap: index('MM_SWAPENTS') };
}

function counterReader(kernel: Kernel, mm: Ref<'mm_struct'>): (member: number) => Counter {
  const perCpu = mm.rss_counters;
  if (perCpu) return (member) => perCpuCounter(kernel, elementOf(perCpu, member));
  const counts = mm.rss_stat?.count;
  if (!counts) throw new ShapeError('`struct mm_struct` has no member `rss_stat` of a kind that is known');
  const cached = cachedCounts(kernel, mm.$address);
  return (member) => {
    const count = elementOf(counts, member);
    return { approximate: Math.max(0, count), exact: Math.max(0, count + (cached[member] ?? 0)) };
  };
}

function elementOf<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new ShapeError(`\`rss_stat\` has no element ${index} in this kernel`);
  return element;
}

/** percpu_counter_read_positive(), and percpu_counter_sum_positive() over possible CPUs: an offline CPU's part is 0. */
function perCpuCounter(kernel: Kernel, counter: Ref<'percpu_counter'>): Counter {
  const count = Number(counter.count);
  const { counters } = counter;
  let sum = count;
  if (counters && counters.offset !== 0n) for (const cpu of kernel.possibleCpus()) sum += kernel.perCpu(counters, cpu);
  return { approximate: Math.max(0, count), exact: Math.max(0, sum) };
}

/** What the threads of an mm keep to themselves (task->rss_stat, SPLIT_RSS_COUNTING), by member. */
function cachedCounts(kernel: Kernel, mm: bigint): readonly number[] {
  return kernel.once('cached rss', () => {
    const byMm = new Map<bigint, number[]>();
    for (const task of allThreads(kernel)) kernel.attempt(`rss_stat of task at 0x${task.$address.toString(16)}`, () => addCached(byMm, task));
    return byMm;
  }).get(mm) ?? [];
}

function addCached(byMm: Map<bigint, number[]>, task: Task): void {
  const address = task.mm?.$address;
  const cached = task.rss_stat?.count;
  if (address === undefined || cached === undefined) return;
  const sums = byMm.get(address);
  byMm.set(address, cached.map((count, member) => count + (sums?.[member] ?? 0)));
}
