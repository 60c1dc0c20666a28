import type { Kernel } from 'oompm';
import { residentPages, sumsRss, uidOf, type OomCandidate } from 'oompm/linux';
import type { OomTask } from 'oompm/oom';

import { kernelFeatures } from './features.js';
import { defined } from 'oompm';

/**
 * The users of the tasks, which no judgement rests on: credentials are objects of their own, and a task stands in the
 * table without.
 */
export function usersOf(kernel: Kernel, candidates: readonly OomCandidate[]): ReadonlyMap<OomCandidate, number> {
  return new Map(
    candidates.flatMap((one) => {
      const uid = one.holder && kernel.attempt('cred', () => uidOf(one.holder!));
      return uid === undefined ? [] : [[one, uid] as const];
    }),
  );
}

/** dump_tasks()' table with what it does not say: each task's badness, or why it can't be chosen, and its true rss. */
export function listedTasks(
  kernel: Kernel,
  candidates: readonly OomCandidate[],
  users: ReadonlyMap<OomCandidate, number>,
): OomTask[] {
  return candidates
    .filter(({ listed }) => listed)
    .flatMap((one) => kernel.attempt('task of the table', () => [taskRow(kernel, one, users.get(one))]) ?? []);
}

/** @throws ReadError */
function taskRow(
  kernel: Kernel,
  { holder, rss, pageTableBytes, oomScoreAdj, badness, passedOver }: OomCandidate,
  uid: number | undefined,
): OomTask {
  const task = holder!;
  const { exact, approximate } = rss!;
  const printed = sumsRss(kernel) ? exact! : approximate;
  const split = kernelFeatures(kernel).taskColumns.includes('rss_anon');
  const differs =
    exact !== undefined &&
    (!split || exact.anon !== printed.anon || exact.shmem !== printed.shmem || exact.file !== printed.file);
  return {
    pid: task.pid,
    ...defined({ uid }),
    tgid: task.tgid,
    name: task.comm,
    totalVm: task.mm!.total_vm,
    rss: residentPages(printed),
    ...(split ? { rssAnon: printed.anon, rssFile: printed.file, rssShmem: printed.shmem } : {}),
    pgtablesBytes: pageTableBytes,
    swapents: printed.swap,
    oomScoreAdj,
    ...(differs
      ? { exact: { rss: residentPages(exact), rssAnon: exact.anon, rssFile: exact.file, rssShmem: exact.shmem } }
      : {}),
    ...defined({ badness, notEligible: passedOver }),
  };
}
