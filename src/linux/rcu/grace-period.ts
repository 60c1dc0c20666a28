import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../sched/tasks.js';
import { timeLimit, type LimitSetting, type TimeLimit } from '../time/time-limit.js';
import { jiffiesNow, sinceJiffies, ticksPerSecond } from '../time/jiffies.js';
import { defined } from '../../words/defined.js';

/** RCU's grace period at the moment of the dump. */
export interface GracePeriod {
  /** "rcu_sched" or "rcu_preempt". */
  readonly name: string;
  readonly running: boolean;
  readonly forNs?: number;
  /** Longer than RCU allows before it warns; undefined where the time can't be determined, or how much is allowed. */
  readonly stalled: boolean | undefined;
  readonly limit: TimeLimit;
  /** CPUs that have not gone through a quiescent state since it began. */
  readonly waitsFor: readonly number[];
  /** Readers that were preempted keep it from ending. */
  readonly readers: boolean;
  /** The thread that drives grace periods. */
  readonly thread?: Task;
}

/** A machine has some hundred leaves at the most. */
const MOST_NODES = 4096;

/** Mirrors print_other_cpu_stall(): which CPUs a grace period waits for. undefined where RCU's state can't be read. */
export function gracePeriod(kernel: Kernel): GracePeriod | undefined {
  if (!kernel.hasGlobal('rcu_state') || kernel.missing('rcu_state') !== undefined) return undefined;
  return kernel.attempt('rcu_state', () => {
    const state = kernel.global('rcu_state');
    const running = (state.gp_seq & 3n) !== 0n;
    const timed = jiffiesNow(kernel) !== undefined && ticksPerSecond(kernel) !== undefined;
    const forNs = running ? sinceJiffies(kernel, state.gp_start) : undefined;
    const limit = timeLimit(kernel, stallTimeout);
    return {
      name: state.name ?? 'rcu',
      running,
      waitsFor: running ? cpusWaitedFor(kernel, 'normal') : [],
      readers:
        running && state.node.slice(0, MOST_NODES).some(({ gp_tasks: first }) => first !== undefined && first !== 0n),
      limit,
      stalled: running && !timed ? undefined : forNs !== undefined && isBeyond(limit, forNs),
      ...defined({ forNs }),
      ...(state.gp_kthread ? { thread: state.gp_kthread } : {}),
    };
  });
}

/** There can't be more tasks. */
const MOST_READERS = 1 << 22;

/** What tells who keeps a grace period from ending: a mask of CPUs, and where in blkd_tasks the readers begin. */
const KEPT_BY = {
  normal: { mask: 'qsmask', tasks: 'gp_tasks' },
  expedited: { mask: 'expmask', tasks: 'exp_tasks' },
} as const;

/**
 * CPUs without a quiescent state in a grace period of either kind, as print_other_cpu_stall() and
 * synchronize_rcu_expedited_wait() find them. @throws ReadError
 */
export function cpusWaitedFor(kernel: Kernel, kind: keyof typeof KEPT_BY): readonly number[] {
  return kernel
    .global('rcu_state')
    .node.slice(0, MOST_NODES)
    .flatMap((node) => {
      const mask = node[KEPT_BY[kind].mask];
      return mask === 0n
        ? []
        : kernel
            .possibleCpus()
            .filter(
              (cpu) =>
                cpu >= node.grplo &&
                cpu <= node.grphi &&
                isLeafOf(kernel, cpu, node.$address) &&
                ((mask >> BigInt(cpu - node.grplo)) & 1n) === 1n,
            );
    });
}

/**
 * Tasks that were preempted as readers and keep it from ending: rcu_node.blkd_tasks from that place on. @throws
 * ReadError
 */
export function preemptedReaders(kernel: Kernel, kind: keyof typeof KEPT_BY): readonly bigint[] {
  if (!kernel.has('rcu_node', 'gp_tasks') || !kernel.has('task_struct', 'rcu_node_entry')) return [];
  const [head, link] = [
    BigInt(kernel.offsetOf('rcu_node', 'blkd_tasks')),
    BigInt(kernel.offsetOf('task_struct', 'rcu_node_entry')),
  ];
  const found: bigint[] = [];
  for (const node of kernel.global('rcu_state').node.slice(0, MOST_NODES)) {
    const end = node.$address + head;
    for (
      let at = node[KEPT_BY[kind].tasks]!;
      at !== 0n && at !== end && found.length < MOST_READERS;
      at = kernel.memory.u64(at)
    ) {
      kernel.guard.step();
      found.push(at - link);
    }
  }
  return found;
}

/** In seconds: rcu_jiffies_till_stall_check() makes it this where it is shorter. */
const SHORTEST_TIMEOUT = 3;

export const stallTimeout: LimitSetting = {
  variable: 'rcu_cpu_stall_timeout',
  usual: 21, // CONFIG_RCU_CPU_STALL_TIMEOUT
  most: 86_400,
};

/** Not known of what is longer than the shortest limit that there is, and not than the usual one. */
function isBeyond(limit: TimeLimit, forNs: number): boolean | undefined {
  if (forNs > limit.ns) return true;
  return limit.unread && forNs > SHORTEST_TIMEOUT * 1e9 ? undefined : false;
}

function isLeafOf(kernel: Kernel, cpu: number, node: bigint): boolean {
  return kernel.perCpuGlobal('rcu_data', cpu).mynode?.$address === node;
}
