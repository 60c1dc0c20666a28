import type { Kernel } from '../../kernel/kernel.js';
import { taskState } from '../../linux/sched/task-state.js';
import { hex } from '../../stack/stack-memory.js';
import { activationInWords, allContexts, stackWords, type Activation, type Context } from '../contexts.js';
import type { Holding } from './holders.js';
import { lockCalls } from './lock-calls.js';
import type { Lock, Wait } from '../wait.js';

/**
 * Who may have a page locked: nobody is named by a bit, but who has it works with the page, so that its address stands in
 * his frames. Asked of tasks that run or sleep uninterruptibly, those that wait for the same page aside.
 * @param waits all that wait for anything
 */
export function pageLockHolders(kernel: Kernel, lock: Lock, waits: readonly Wait[]): readonly Holding[] {
  if (!isPageLock(kernel, lock)) return [];
  const waiters = new Set(waits.filter((wait) => wait.lock.address === lock.address).map(({ waiter }) => waiter));
  const found = mentions(kernel, waits).get(lock.address)?.filter(({ holder }) => !waiters.has(holder));
  return found === undefined ? [] : found.map(({ holder, activation, at, taker }): Holding => {
    const evidence = [`the page's address stands in the frame of ${activationInWords(activation)} of ${holder.label}, at ${hex(at)}`];
    if (taker === undefined) return { lock, holder, certainty: 'possible', taker: activation, evidence };
    return { lock, holder, certainty: 'likely', taker: taker.activation, evidence: [...evidence, `${activationInWords(taker.activation)} calls ${taker.callee}, which locks pages`] };
  });
}

function isPageLock(kernel: Kernel, { kind, bit }: Lock): boolean {
  return kind === 'page bit' && bit !== undefined && kernel.enumValues('pageflags').get('PG_locked') === bit;
}

/** Where a page's address stands: in the innermost of a context's frames that has it. */
interface Mention {
  readonly holder: Context;
  readonly activation: Activation;
  readonly at: bigint;
  /** The function further out that locks pages: what its callees have saved is its own. */
  readonly taker?: { readonly activation: Activation; readonly callee: string };
}

/** All pages whose lock is waited for are sought in one go through the stacks. */
function mentions(kernel: Kernel, waits: readonly Wait[]): ReadonlyMap<bigint, readonly Mention[]> {
  return kernel.once('mentions of locked pages', () => {
    const pages = new Set(waits.filter(({ lock }) => isPageLock(kernel, lock)).map(({ lock }) => lock.address));
    const found = new Map<bigint, Mention[]>();
    for (const holder of allContexts(kernel).filter((context) => works(kernel, context))) {
      const seen = new Set<bigint>();
      for (const { activations } of holder.segments) {
        for (const [index, activation] of activations.entries()) {
          for (const { at, word } of stackWords(kernel, activation.frame, activations[index + 1]?.frame)) {
            if (!pages.has(word) || seen.has(word)) continue;
            seen.add(word);
            const taker = locksPages(kernel, activations.slice(index));
            found.set(word, [...(found.get(word) ?? []), { holder, activation, at, ...(taker ? { taker } : {}) }]);
          }
        }
      }
    }
    return found;
  });
}

function works(kernel: Kernel, { task, cpu }: Context): boolean {
  return task !== undefined && (cpu !== undefined || kernel.attempt('task_struct.__state', () => taskState(task).letter) === 'D');
}

/** Where the bit is set is inlined; the call for the case that it is set already may stand anywhere in the function. */
function locksPages(kernel: Kernel, activations: readonly Activation[]): Mention['taker'] {
  for (const activation of activations) {
    const call = activation.place && lockCalls(kernel, activation.place).find(({ kind, does }) => kind === 'page bit' && does === 'acquire');
    if (call?.callee !== undefined) return { activation, callee: call.callee };
  }
  return undefined;
}
