import { gapOf, ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { readOr } from '../../kernel/read-or.js';
import { runqueue } from './cpu-tasks.js';
import { kernelTime } from '../time/time.js';
import { lastLogStamp, panicOf } from '../machine/panic.js';
import type { Task } from './tasks.js';

/** sched_clock() cannot have counted longer: ten years. */
const LONGEST_NS = 10n * 366n * 86_400n * 1_000_000_000n;

const SECOND = 1_000_000_000n;
/** A CPU that takes no tick lets the kernel's clock stand, but hardly for days. */
const FAR_NS = 86_400n * SECOND;

/**
 * The latest moment that the scheduler or the log knows of, in nanoseconds of sched_clock(): the machine may have stood
 * longer. undefined where there is neither, or one of them can't be read: that may have been the latest.
 */
export function latestNs(kernel: Kernel): bigint | undefined {
  return kernel.once('latest moment', () => {
    const times = [
      ...kernel.possibleCpus().map((cpu) => timeOr(kernel, `runqueues of CPU ${cpu}`, () => clockOf(kernel, cpu))),
      timeOr(kernel, 'log', () => stampOf(lastLogStamp(kernel))),
    ];
    if (times.includes('unread')) return undefined;
    const known = times.filter((time) => typeof time === 'bigint' && time > 0n && time < LONGEST_NS) as bigint[];
    const clock = kernel.peek('timekeeper', () => kernelTime(kernel).uptimeNs);
    const beyond = clock === undefined || clock <= 0n ? [] : known.filter((time) => time > clock + FAR_NS);
    // Where all lie beyond it, it is the clock that is wrong.
    if (clock !== undefined && beyond.length > 0 && beyond.length < known.length) {
      const [time] = beyond as [bigint];
      kernel.gap(
        'latest moment',
        `${time / SECOND} s by a run queue or the log, where the kernel's clock says ${clock / SECOND} s`,
      );
      return undefined;
    }
    return known.length === 0 ? undefined : known.reduce((a, b) => (a > b ? a : b));
  });
}

/**
 * When the machine ended: when it said that it panics, else the latest moment. What a task had not done by then says
 * nothing of it: panic() prints for a while, and on a slow console for seconds, with the other CPUs stopped.
 */
export function endNs(kernel: Kernel): bigint | undefined {
  return kernel.once('end of the machine', () => stampOf(panicOf(kernel)?.timeNs) ?? latestNs(kernel));
}

function stampOf(ns: number | undefined): bigint | undefined {
  return ns === undefined ? undefined : BigInt(Math.round(ns));
}

/** undefined where this kernel has no such thing. */
function timeOr(kernel: Kernel, what: string, read: () => bigint | undefined): bigint | 'unread' | undefined {
  return readOr(read, (error) => {
    kernel.gaps.record(gapOf(what, error));
    return error instanceof ShapeError ? undefined : 'unread';
  });
}

/** When a CPU's run queue last looked at the clock: at a tick, or as it switched tasks. */
export function runqueueClockNs(kernel: Kernel, cpu: number): bigint | undefined {
  return kernel.attempt(`runqueues of CPU ${cpu}`, () => clockOf(kernel, cpu));
}

/** @throws ReadError, ShapeError */
function clockOf(kernel: Kernel, cpu: number): bigint {
  return runqueue(kernel, cpu).clock;
}

/** For how long a task that does not run has not run: since its time was last accounted. */
export function asleepNs(kernel: Kernel, task: Task): number | undefined {
  return since(
    kernel,
    kernel.attempt('sched_entity.exec_start', () => task.se.exec_start),
  );
}

/** For how long a task has had its CPU without a break: since it was last switched to (`sched_info.last_arrival`). */
export function onCpuNs(kernel: Kernel, task: Task): number | undefined {
  return since(kernel, schedInfo(kernel, task, 'last_arrival'));
}

/** For how long a task that is runnable has waited for a CPU (`sched_info.last_queued`). */
export function queuedNs(kernel: Kernel, task: Task): number | undefined {
  return since(kernel, schedInfo(kernel, task, 'last_queued'));
}

/** undefined in kernels that keep no such books (no CONFIG_SCHED_INFO). */
function schedInfo(kernel: Kernel, task: Task, member: 'last_arrival' | 'last_queued'): bigint | undefined {
  if (!kernel.has('task_struct', 'sched_info') || !kernel.has('sched_info', member)) return undefined;
  const address =
    task.$address + BigInt(kernel.offsetOf('task_struct', 'sched_info') + kernel.offsetOf('sched_info', member));
  return kernel.attempt(`sched_info.${member}`, () => kernel.memory.u64(address));
}

function since(kernel: Kernel, time: bigint | undefined): number | undefined {
  const latest = latestNs(kernel);
  if (latest === undefined || time === undefined || time === 0n || time > latest) return undefined;
  return Number(latest - time);
}
