import type { Kernel } from 'oompm';
import {
  asleepNs,
  endNs,
  isExiting,
  latestNs,
  oomReaperQueue,
  oomVictims,
  residentPages,
  taskState,
  type OomVictim,
  type Task,
} from 'oompm/linux';
import type { BeyondTheLog, VictimState } from 'oompm/oom';
import { showStack, stackOf } from 'oompm/stack';
import { loggedReports } from 'oompm/timeline';

import { definedOnly } from './defined-only.js';
import type { Parts } from './parts.js';

const MOST_FRAMES = 8;
const MOST_THREADS = 8;

/** What has become of those that were killed: who is still there, what it holds, and which thread keeps it. */
export function victimsBeyond(parts: Parts): Pick<BeyondTheLog, 'victims' | 'reaperQueue'> {
  const { kernel } = parts;
  return definedOnly({
    victims: parts.read('beyond.victims', () =>
      oomVictims(kernel).flatMap(
        (victim): VictimState[] =>
          kernel.attempt('OOM victim', () => [
            {
              pid: victim.process.pid,
              comm: victim.process.comm,
              ...definedOnly({ killedNs: sinceKillNs(kernel, victim.process.pid) }),
              reaped: victim.reaped,
              queued: victim.queued,
              ...definedOnly({ mayUseReserves: victim.marks.victim }),
              ...(victim.rss?.exact === undefined ? {} : { heldPages: residentPages(victim.rss.exact) }),
              ...definedOnly({ zombieOf: parentOfZombie(victim) }),
              threads: victim.holders.slice(0, MOST_THREADS).map((thread) => threadState(kernel, thread)),
            },
          ]) ?? [],
      ),
    ),
    reaperQueue: parts.read('beyond.reaperQueue', () =>
      oomReaperQueue(kernel).flatMap(
        (task) => kernel.attempt('task of the reaper', () => [{ pid: task.pid, comm: task.comm }]) ?? [],
      ),
    ),
  });
}

/**
 * Who has to wait for a process of which nothing but its entry is left; undefined for one with threads. @throws
 * ReadError
 */
function parentOfZombie({ process, holders }: OomVictim): VictimState['zombieOf'] | undefined {
  const parent = process.real_parent;
  return holders.length > 0 || taskState(process).letter !== 'Z' || parent === null
    ? undefined
    : { pid: parent.pid, comm: parent.comm };
}

/** @throws ReadError */
function threadState(kernel: Kernel, thread: Task): VictimState['threads'][number] {
  const { frames } = showStack(kernel, stackOf(kernel, thread));
  return {
    pid: thread.pid,
    comm: thread.comm,
    state: taskState(thread).letter,
    exiting: isExiting(thread),
    ...definedOnly({ asleepNs: asleepAtEndNs(kernel, thread) }),
    where: frames
      .flatMap(({ function: name, found }) => (name === undefined ? [] : [found === 'scanned' ? `? ${name}` : name]))
      .slice(0, MOST_FRAMES),
  };
}

/** From the last "Killed process" of that pid in the log to the end of the machine. */
function sinceKillNs(kernel: Kernel, pid: number): number | undefined {
  const end = endNs(kernel);
  const stamp = loggedReports(kernel)
    .flatMap(({ kills }) => kills)
    .findLast((kill) => kill.pid === pid)?.time;
  if (end === undefined || stamp === undefined || !SECONDS.test(stamp)) return undefined;
  return Math.max(0, Number(end) - Math.round(Number(stamp) * 1e9));
}

/** A stamp since boot, as against one of the wall clock. */
const SECONDS = /^\d+\.\d+$/;

function asleepAtEndNs(kernel: Kernel, thread: Task): number | undefined {
  const [asleep, latest, end] = [asleepNs(kernel, thread), latestNs(kernel), endNs(kernel)];
  if (asleep === undefined || latest === undefined || end === undefined || taskState(thread).onCpu) return undefined;
  return Math.max(0, asleep - Number(latest - end));
}
