import type { Kernel } from '../../kernel/kernel.js';
import { wordAt } from '../../kernel/word-at.js';
import { codePlace } from '../../stack/code.js';
import { hex } from '../../words/hex.js';
import { tasksByAddress } from '../state/lock-state.js';
import type { Lock, LockKind } from '../lock-kind.js';
import { withModule } from '../../words/code-name.js';

/** A work item that somebody flushes or cancels: no lock, and waited for all the same. kernel/workqueue.c. */
export const workItem: LockKind = {
  name: 'work item',
  event: true,
  words: () => 'running',
  behindCompletion: (kernel, completion, activations, takerIndex) =>
    workItemBehind(kernel, completion, activations[takerIndex]?.name),
};

/** Functions that wait until a work item has run. */
const FLUSHES: ReadonlySet<string> = new Set([
  '__flush_work',
  'flush_work',
  '__cancel_work_timer',
  '__cancel_work_sync',
]);

/**
 * The work item that a completion in a struct wq_barrier stands for, with the worker that runs it; undefined where it
 * has not begun.
 */
function workItemBehind(kernel: Kernel, completion: bigint, taker: string | undefined): Lock | undefined {
  if (
    taker === undefined ||
    !FLUSHES.has(taker) ||
    !kernel.has('wq_barrier', 'done') ||
    kernel.missing('worker') !== undefined
  )
    return undefined;
  return kernel.peek('the worker that runs a work item', () => {
    const entry =
      completion +
      BigInt(
        kernel.offsetOf('wq_barrier', 'work') +
          kernel.offsetOf('work_struct', 'entry') -
          kernel.offsetOf('wq_barrier', 'done'),
      );
    return runningBefore(kernel, entry);
  });
}

/** Items that one worker has been given: more is a broken list. */
const MOST_ITEMS = 4096;

/**
 * insert_wq_barrier() puts the barrier first on the list `scheduled` of the worker that runs the item. @throws
 * ReadError
 */
function runningBefore(kernel: Kernel, entry: bigint): Lock | undefined {
  const scheduled = BigInt(kernel.offsetOf('worker', 'scheduled'));
  const seen = new Set<bigint>();
  for (
    let at = wordAt(kernel, entry + 8n);
    at !== undefined && at !== entry && !seen.has(at) && seen.size < MOST_ITEMS;
    at = wordAt(kernel, at + 8n)
  ) {
    seen.add(at);
    const found = runningBy(kernel, at - scheduled);
    if (found) return found;
  }
  return undefined;
}

/** What stands there is a struct worker where its task exists and it runs something. */
function runningBy(kernel: Kernel, worker: bigint): Lock | undefined {
  const task = wordAt(kernel, worker + BigInt(kernel.offsetOf('worker', 'task')));
  if (task === undefined || !tasksByAddress(kernel).has(task)) return undefined;
  const { current_work: work, current_func: run } = kernel.ref('worker', worker);
  if (work === 0n) return undefined;
  const place = codePlace(kernel, run);
  const name = place === undefined ? hex(run) : withModule(place.function, place.module);
  return {
    kind: workItem,
    address: work,
    name: { text: `the work item ${name} at ${hex(work)}`, about: `work item ${name}`, known: true },
    heldBy: { task, evidence: `the worker whose list has the waiter's barrier (${hex(worker)}) runs it` },
  };
}
