import type { Kernel } from '../../kernel/kernel.js';
import { currentTask, runqueue } from './cpu-tasks.js';
import { taskCpu } from './task-state.js';
import { allThreads, type Task } from './tasks.js';
import { latestNs } from './how-long.js';

/** A CPU's run queue: who runs, and who waits for the CPU. */
export interface RunQueue {
  readonly cpu: number;
  readonly current: Task | undefined;
  /** Runnable and not running, those that have waited longest first. */
  readonly queued: readonly Task[];
  /** `rq->nr_running`: the one that runs is counted, the idle task is not. */
  readonly running: number | undefined;
  /** How long ago the queue's clock was last set: at a tick, or a switch. An idle CPU takes no ticks. */
  readonly clockAgeNs: number | undefined;
}

/**
 * The run queues of all possible CPUs, by what each task says of itself (`on_rq`), held against the queue's own count
 * by the reader.
 */
export function runQueues(kernel: Kernel): readonly RunQueue[] {
  return kernel.once('run queues', () => {
    const byCpu = new Map(kernel.possibleCpus().map((cpu): [number, Task[]] => [cpu, []]));
    for (const task of allThreads(kernel)) {
      kernel.guard.step();
      const cpu = kernel.attempt('task_struct.on_rq', () => (isQueued(task) ? taskCpu(task) : undefined));
      if (cpu !== undefined) byCpu.get(cpu)?.push(task);
    }
    const latest = latestNs(kernel);
    return kernel.possibleCpus().map((cpu) => {
      const current = kernel.attempt(`current task of CPU ${cpu}`, () => currentTask(kernel, cpu)) ?? undefined;
      const rq = kernel.attempt(`runqueues of CPU ${cpu}`, () => {
        const { clock, nr_running: running } = runqueue(kernel, cpu);
        return { clock, running };
      });
      const ran = (task: Task): bigint => kernel.attempt('sched_entity.exec_start', () => task.se.exec_start) ?? NEVER;
      return {
        cpu,
        current,
        queued: byCpu
          .get(cpu)!
          .filter((task) => task.$address !== current?.$address)
          .toSorted((a, b) => (ran(a) < ran(b) ? -1 : 1)),
        running: rq?.running,
        clockAgeNs:
          rq === undefined || latest === undefined || rq.clock === 0n || rq.clock > latest
            ? undefined
            : Number(latest - rq.clock),
      };
    });
  });
}

/** Where it can't be read: comes last. */
const NEVER = 1n << 64n;

/** TASK_ON_RQ_QUEUED or _MIGRATING; one whose sleep is only delayed (EEVDF, since 6.12) sleeps. */
function isQueued(task: Task): boolean {
  const { on_rq: queued, se } = task;
  return queued !== 0 && se.sched_delayed !== 1;
}

/**
 * "SCHED_FIFO 99", "SCHED_NORMAL nice 0": by `policy`, `rt_priority` and `static_prio` of sched.h, which have never
 * moved.
 */
export function policyInWords(task: Task): string {
  const { policy, rt_priority: priority, prio } = task;
  const name = POLICIES[policy] ?? `policy ${policy}`;
  if (policy === 1 || policy === 2) return `${name} ${priority}`;
  return policy === 0 || policy === 3 ? `${name} nice ${prio - NICE_0}` : name;
}

const POLICIES: Readonly<Record<number, string>> = {
  0: 'normal',
  1: 'fifo',
  2: 'rr',
  3: 'batch',
  5: 'idle',
  6: 'deadline',
  7: 'ext',
};
/** DEFAULT_PRIO of include/linux/sched/prio.h. */
const NICE_0 = 120;
