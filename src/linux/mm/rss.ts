import { Implausible, ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { lackOfType } from '../../kernel/unreadable-names.js';
import { allThreads, type Task } from '../sched/tasks.js';

/** Pages by what they are, and swap entries. */
export interface RssPages {
  readonly file: number;
  readonly anon: number;
  readonly shmem: number;
  readonly swap: number;
}

/**
 * A process's resident pages, twice: as the kernel's cheap read has them, which its reports print up to 6.12, and as
 * they are. Up to 6.1 threads keep up to 64 pages each to themselves; from 6.2 on CPUs do.
 */
export interface Rss {
  /** get_mm_counter(): what the kernel itself goes by in most places. */
  readonly approximate: RssPages;
  /**
   * get_mm_counter_sum(): with what threads or CPUs have not yet added; undefined where that can't be read of one of
   * them.
   */
  readonly exact: RssPages | undefined;
}

/** @throws ReadError, ShapeError, Implausible where no mm_struct is there, or it has more pages than address space */
export function rssOf(kernel: Kernel, mm: Ref<'mm_struct'>): Rss {
  refuseOther(kernel, mm);
  const { file, anon, shmem, swap } = kernel.once('mm counters', () => members(kernel));
  const { approximate, exact } = counters(kernel, mm);
  const pages = (of: (member: number) => number): RssPages => ({
    file: of(file),
    anon: of(anon),
    shmem: of(shmem),
    swap: of(swap),
  });
  const whole = kernel.attempt('rss that is not added yet', () => pages(exact));
  if (whole !== undefined) refuseMoreThanMapped(mm, whole);
  return { approximate: pages(approximate), exact: whole };
}

/** A pointer that was damaged leads into another object, whose words read as numbers all the same. */
function refuseOther(kernel: Kernel, mm: Ref<'mm_struct'>): void {
  const { pgd } = mm;
  if (pgd === undefined || pgd === 0n) return;
  const isTable = pgd >= kernel.arch.memory.kernelStart && pgd % BigInt(kernel.memory.pageSize) === 0n;
  if (!isTable) throw new Implausible(`no mm_struct, for its pgd is 0x${pgd.toString(16)}`, mm.$address);
}

/**
 * Of sums alone, and far off: what threads or CPUs keep of their own puts the cheap read over what a small process has
 * mapped, and the mm may change as the machine stops.
 */
function refuseMoreThanMapped(mm: Ref<'mm_struct'>, rss: RssPages): void {
  const mapped = mm.total_vm;
  // One that is being made or taken apart has none yet, or none any more.
  if (mapped > 0 && residentPages(rss) > 2 * mapped)
    throw new Implausible(`${residentPages(rss)} resident pages of ${mapped} mapped ones`, mm.$address);
}

/** get_mm_rss(): what `ps` calls RSS. */
export function residentPages({ file, anon, shmem }: RssPages): number {
  return file + anon + shmem;
}

interface Counters {
  approximate: (member: number) => number;
  /** @throws ReadError */
  exact: (member: number) => number;
}

/** MM_FILEPAGES and its fellows, include/linux/mm_types_task.h. */
function members(kernel: Kernel): { file: number; anon: number; shmem: number; swap: number } {
  const index = (name: string): number => {
    const value = kernel.enumerator(name);
    if (value === undefined)
      throw new ShapeError(lackOfType(kernel.types, `the enumerator ${name}`, `this kernel has no enumerator ${name}`));
    return value;
  };
  return {
    file: index('MM_FILEPAGES'),
    anon: index('MM_ANONPAGES'),
    shmem: index('MM_SHMEMPAGES'),
    swap: index('MM_SWAPENTS'),
  };
}

/** As percpu_counter_read_positive() and get_mm_counter() have it: none is below 0. */
function counters(kernel: Kernel, mm: Ref<'mm_struct'>): Counters {
  const perCpu = mm.rss_counters;
  if (perCpu) {
    return {
      approximate: (member) => Math.max(0, Number(elementOf(perCpu, member).count)),
      exact: (member) => Math.max(0, sumOverCpus(kernel, elementOf(perCpu, member))),
    };
  }
  const counts = mm.rss_stat?.count;
  if (!counts) throw new ShapeError('`struct mm_struct` has no member `rss_stat` of a kind that is known');
  return {
    approximate: (member) => Math.max(0, elementOf(counts, member)),
    exact: (member) =>
      Math.max(0, elementOf(counts, member) + elementOf(keptByThreads(kernel, mm.$address, counts.length), member)),
  };
}

function elementOf<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new ShapeError(`\`rss_stat\` has no element ${index} in this kernel`);
  return element;
}

/** percpu_counter_sum() over possible CPUs: an offline CPU's part is 0. */
function sumOverCpus(kernel: Kernel, counter: Ref<'percpu_counter'>): number {
  const { counters: parts } = counter;
  let sum = Number(counter.count);
  if (parts) for (const cpu of kernel.possibleCpus()) sum += kernel.perCpu(parts, cpu);
  return sum;
}

/** What the threads of an mm keep to themselves (task->rss_stat, SPLIT_RSS_COUNTING), by member. @throws ReadError */
function keptByThreads(kernel: Kernel, mm: bigint, members: number): readonly number[] {
  return kernel.once(`rss kept by threads of mm 0x${mm.toString(16)}`, () => {
    const sums = Array.from({ length: members }, () => 0);
    threadsByMm(kernel)
      .get(mm)
      ?.forEach((thread) =>
        thread.rss_stat?.count.forEach((count, member) => {
          sums[member]! += count;
        }),
      );
    return sums;
  });
}

function threadsByMm(kernel: Kernel): ReadonlyMap<bigint, readonly Task[]> {
  return kernel.once('threads by mm', () => {
    const byMm = new Map<bigint, Task[]>();
    for (const thread of allThreads(kernel)) {
      const mm = kernel.attempt(`mm of task at 0x${thread.$address.toString(16)}`, () => thread.mm?.$address);
      if (mm === undefined) continue;
      const own = byMm.get(mm);
      if (own) own.push(thread);
      else byMm.set(mm, [thread]);
    }
    return byMm;
  });
}
