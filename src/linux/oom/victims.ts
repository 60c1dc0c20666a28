import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { rssOf, type Rss } from '../mm/rss.js';
import { isExiting, mmFlags, oomMarks, type OomMarks } from '../sched/task-state.js';
import { fixed } from '../constants.js';
import { processes, taskLabel, threadsOf, type Task } from '../sched/tasks.js';

/** A process that the OOM killer killed and that is still there. */
export interface OomVictim {
  readonly process: Task;
  /** signal->oom_mm: the memory that it was killed for. */
  readonly mm: Ref<'mm_struct'>;
  readonly marks: OomMarks;
  /** MMF_OOM_SKIP: reaped, or given up. */
  readonly reaped: boolean;
  /** It waits on oom_reaper_list. */
  readonly queued: boolean;
  /** What the mm still holds. */
  readonly rss: Rss | undefined;
  /** References that keep the mm alive. */
  readonly users: number;
  /** Its threads that have not left the mm: these keep it. */
  readonly holders: readonly Task[];
  /** Those of them that have begun to exit. */
  readonly exiting: readonly Task[];
}

/** The victims that are not gone: every process whose signal->oom_mm is set (tsk_is_oom_victim()). */
export function oomVictims(kernel: Kernel): readonly OomVictim[] {
  return kernel.once('OOM victims', () => {
    const queue = new Set(oomReaperQueue(kernel).map((task) => task.$address));
    return processes(kernel).flatMap((process) => {
      const victim = kernel.attempt(`OOM victim ${taskLabel(kernel, process)}`, () =>
        readVictim(kernel, process, queue),
      );
      return victim === undefined ? [] : [victim];
    });
  });
}

/** @throws ReadError, ShapeError */
function readVictim(kernel: Kernel, process: Task, queue: ReadonlySet<bigint>): OomVictim | undefined {
  const mm = process.signal?.oom_mm;
  if (mm === undefined || mm === null) return undefined;
  const threads = [...threadsOf(kernel, process)];
  const holders = threads.filter((thread) => thread.mm !== null);
  return {
    process,
    mm,
    marks: oomMarks(kernel, threads.find((thread) => oomMarks(kernel, thread).victim) ?? process),
    reaped: ((mmFlags(kernel, mm) >> BigInt(fixed('MMF_OOM_SKIP'))) & 1n) === 1n,
    queued: threads.some((thread) => queue.has(thread.$address)) || queue.has(process.$address),
    rss: kernel.attempt('rss of an OOM victim', () => rssOf(kernel, mm)),
    users: mm.mm_users,
    holders,
    exiting: holders.filter(isExiting),
  };
}

/** Tasks on a list of the reaper's are those killed within its 2 seconds: more of them is a circle. */
const MOST_QUEUED = 1 << 16;

/** oom_reaper_list: whose memory the reaper is still to take, the next one first. */
export function oomReaperQueue(kernel: Kernel): readonly Task[] {
  if (!kernel.hasGlobal('oom_reaper_list')) return [];
  const queued: Task[] = [];
  const seen = new Set<bigint>();
  kernel.attempt('oom_reaper_list', () => {
    for (let task: Task | null | undefined = kernel.global('oom_reaper_list'); task; task = task.oom_reaper_list) {
      kernel.guard.step();
      if (seen.has(task.$address))
        return kernel.gap('oom_reaper_list', `has a cycle after ${queued.length} tasks`, task.$address);
      if (queued.length >= MOST_QUEUED) return kernel.gap('oom_reaper_list', `longer than ${MOST_QUEUED} tasks`);
      seen.add(task.$address);
      queued.push(task);
    }
  });
  return queued;
}
