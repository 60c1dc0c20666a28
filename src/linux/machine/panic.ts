import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { currentTask } from '../sched/cpu-tasks.js';
import { kernelRecords } from '../printk/kernel-records.js';
import { isRemark } from '../printk/log-entry.js';
import { logRecords } from '../printk/log.js';
import type { Task } from '../sched/tasks.js';
import { defined } from '../../words/defined.js';

/** How the kernel ended, as far as it knew. */
export interface Panic {
  /** "Out of memory: compulsory panic_on_oom is enabled"; undefined where the log has no such line. */
  readonly message?: string;
  /** When it said so, since boot. */
  readonly timeNs?: number;
  /** The CPU that panicked. */
  readonly cpu?: number;
  /** Which of the kernel's variables, or the log, says so. */
  readonly cpuSource?: 'panic_cpu' | 'crashing_cpu' | 'log';
  /** What ran on that CPU. */
  readonly task?: Task;
  /** "T57" or "C0": who printed the message, where the log says. */
  readonly caller?: string;
}

const PANIC = /^Kernel panic - not syncing: (.*)/;

/** The panic, by the log, `panic_cpu` and `crashing_cpu`; undefined where nothing speaks of one. */
export function panicOf(kernel: Kernel): Panic | undefined {
  const said = panicLine(kernel);
  const named = panicCpu(kernel) ?? cpuOfCaller(said?.caller);
  if (said === undefined && named === undefined) return undefined;
  const task =
    named === undefined
      ? undefined
      : kernel.attempt(`current task of CPU ${named.cpu}`, () => currentTask(kernel, named.cpu));
  return { ...said, ...(named ? { cpu: named.cpu, cpuSource: named.source } : {}), ...(task ? { task } : {}) };
}

/** The first such line is the panic; further ones are what went wrong after it. */
function panicLine(kernel: Kernel): Pick<Panic, 'message' | 'timeNs' | 'caller'> | undefined {
  for (const { text, timeNs, caller } of kernelRecords(kernel)) {
    const message = PANIC.exec(text)?.[1];
    if (message === undefined) continue;
    return { message, ...defined({ timeNs, caller }) };
  }
  return undefined;
}

/** Both are -1 as long as nothing has happened. */
function panicCpu(kernel: Kernel): { cpu: number; source: 'panic_cpu' | 'crashing_cpu' } | undefined {
  for (const source of ['panic_cpu', 'crashing_cpu'] as const) {
    const cpu = kernel.hasGlobal(source) ? kernel.attempt(source, () => kernel.global(source)) : undefined;
    if (cpu !== undefined && kernel.possibleCpus().includes(cpu)) return { cpu, source };
  }
  return undefined;
}

function cpuOfCaller(caller: string | undefined): { cpu: number; source: 'log' } | undefined {
  const found = caller === undefined ? null : /^C(\d+)$/.exec(caller);
  return found ? { cpu: Number(found[1]), source: 'log' } : undefined;
}

/**
 * The stamp of the log's last record, in nanoseconds since boot; undefined for an empty log.
 * @throws ReadError, ShapeError, Implausible where that record can't be read
 */
export function lastLogStamp(kernel: Kernel): number | undefined {
  let last: number | undefined;
  let unread: string | undefined;
  for (const entry of logRecords(kernel)) {
    kernel.guard.step();
    if (isRemark(entry)) unread = entry.unread ? entry.remark : unread;
    else if (entry.timeNs !== undefined) [last, unread] = [entry.timeNs, undefined];
  }
  if (unread !== undefined) throw new Implausible(`the log's last records: ${unread}`);
  return last;
}
