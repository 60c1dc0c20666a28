import { lossesInWords, withGaps } from '../kernel/gathered-gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../linux/sched/tasks.js';
import { isIdleTask } from '../linux/sched/cpu-tasks.js';
import { keptBy } from '../endings/kept.js';
import { cpuContexts, type Context } from '../locks/contexts.js';
import { latestNs, onCpuNs, queuedNs } from '../linux/sched/how-long.js';
import { timeLimit, type LimitSetting } from '../linux/time/time-limit.js';
import { runQueues, type RunQueue } from '../linux/sched/run-queues.js';
import { defined } from '../words/defined.js';

/** How a CPU has got on. */
export interface CpuProgress {
  readonly context: Context;
  /** For how long the task that runs has had it without a break. */
  readonly sameTaskNs?: number;
  /** Since the soft lockup watchdog's work ran there, which needs a switch, or, before 5.13, since code touched it. */
  readonly softlockupNs?: number;
  /** Tasks that wait for the CPU, with how long, the longest first. */
  readonly starved: readonly { readonly task: Task; readonly forNs: number }[];
  /**
   * Longer than twice `watchdog_thresh`: the soft lockup watchdog would cry, a task has waited for the CPU, or it took
   * no tick in the kernel. undefined: not all that would tell can be read.
   */
  readonly stuck: boolean | undefined;
  /** Not as long yet, but in the kernel with one task while another waited, for longer than the kernel lets itself. */
  readonly kept: boolean;
  /** Since its last tick or switch; an idle CPU takes no ticks. */
  readonly clockAgeNs?: number;
}

/** get_timestamp() of kernel/watchdog.c: nanoseconds shifted by 30 bits. */
const STAMP_BITS = 30n;
/** What no stamp reaches: ULONG_MAX stands for "reported already" (SOFTLOCKUP_DELAY_REPORT). */
const LARGEST_STAMP = 1n << 40n;

export const softlockupThreshold: LimitSetting = { variable: 'watchdog_thresh', usual: 10, most: 3600 };

/** What the soft lockup watchdog (`watchdog_touch_ts`), the scheduler's books and the run queue know of each CPU. */
export function cpuProgress(kernel: Kernel): readonly CpuProgress[] {
  return kernel.once('progress of CPUs', () => {
    const threshold = timeLimit(kernel, softlockupThreshold);
    const queues = runQueues(kernel);
    return cpuContexts(kernel).map((context) => {
      const { result: progress, gaps } = withGaps(kernel, () =>
        progressOf(
          kernel,
          context,
          queues.find(({ cpu }) => cpu === context.cpu),
          2 * threshold.ns,
        ),
      );
      const unread = threshold.unread || latestNs(kernel) === undefined || lossesInWords(gaps) !== undefined;
      return unread && !progress.stuck ? { ...progress, stuck: undefined } : progress;
    });
  });
}

/** Which part of the watchdog's limit the kernel never keeps a CPU for on purpose: 4 of 20 s. */
const EARLY = 0.2;

function progressOf(kernel: Kernel, context: Context, queue: RunQueue | undefined, limit: number): CpuProgress {
  const runsIdle = isIdleTask(kernel, context.cpu, context.task);
  const idle = isAtRest(kernel, context);
  const same = context.task && !runsIdle ? onCpuNs(kernel, context.task) : undefined;
  const soft = context.cpu === undefined ? undefined : sinceTouched(kernel, context.cpu);
  const starved =
    queue === undefined
      ? []
      : queue.queued
          .flatMap((task) => {
            const forNs = queuedNs(kernel, task);
            return forNs === undefined ? [] : [{ task, forNs }];
          })
          .toSorted((a, b) => b.forNs - a.forNs);
  const long = (ns: number | undefined): boolean => ns !== undefined && ns > limit;
  const early = (ns: number | undefined): boolean => ns !== undefined && ns > limit * EARLY;
  return {
    context,
    starved,
    stuck:
      !idle &&
      (long(soft) || (long(starved[0]?.forNs) && long(same)) || (long(queue?.clockAgeNs) && inKernel(context))),
    kept: !idle && (runsIdle || early(same)) && early(starved[0]?.forNs) && inKernel(context),
    ...defined({ sameTaskNs: same, softlockupNs: soft, clockAgeNs: queue?.clockAgeNs }),
  };
}

/** A CPU that is given to one process alone takes no ticks in user mode (nohz_full). */
function inKernel({ stack }: Context): boolean {
  return stack.frames.length > 0 && stack.frames[0]!.user !== true;
}

/** An idle CPU that an interrupt or a softirq keeps is not. */
function isAtRest(kernel: Kernel, context: Context): boolean {
  const { task, cpu, segments } = context;
  return isIdleTask(kernel, cpu, task) && keptBy(kernel, context).segment >= segments.length - 1;
}

function sinceTouched(kernel: Kernel, cpu: number): number | undefined {
  const latest = latestNs(kernel);
  if (latest === undefined || !kernel.hasGlobal('watchdog_touch_ts')) return undefined;
  const stamp = kernel.attempt('watchdog_touch_ts', () => kernel.perCpuGlobal('watchdog_touch_ts', cpu));
  // 0: to be set anew at the next tick, or the watchdog is off.
  if (stamp === undefined || stamp === 0n || stamp > LARGEST_STAMP) return undefined;
  return Math.max(0, Number((latest >> STAMP_BITS) - stamp) * 2 ** Number(STAMP_BITS));
}
