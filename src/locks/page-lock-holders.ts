import type { Kernel } from '../kernel/kernel.js';
import { taskState } from '../linux/task-state.js';
import { hex } from '../stack/stack-memory.js';
import { activationInWords, cpuContexts, sleepingContexts, stackWords, type Activation, type Context } from './contexts.js';
import type { Holding } from './holders.js';
import { lockCalls } from './lock-calls.js';
import type { Lock, Wait } from './wait.js';

/**
 * Who may have a page locked: nobody is named by a bit, but who has it works with the page, so that its address stands in
 * his frames. Asked of tasks that run or sleep uninterruptibly, those that wait for the same page aside.
 */
export function pageLockHolders(kernel: Kernel, lock: Lock, waits: readonly Wait[]): readonly Holding[] {
  if (lock.bit === undefined || kernel.enumValues('pageflags').get('PG_locked') !== lock.bit) return [];
  const waiters = new Set(waits.filter((wait) => wait.lock.address === lock.address).map(({ waiter }) => waiter));
  return [...cpuContexts(kernel), ...sleepingContexts(kernel)].filter((context) => !waiters.has(context) && works(kernel, context)).flatMap((holder): Holding[] => {
    const found = mention(kernel, holder, lock.address);
    if (found === undefined) return [];
    const { activation, at, taker } = found;
    const evidence = [`the page's address stands in the frame of ${activationInWords(activation)} of ${holder.label}, at ${hex(at)}`];
    if (taker === undefined) return [{ lock, holder, certainty: 'possible', taker: activation, evidence }];
    return [{ lock, holder, certainty: 'likely', taker: taker.activation, evidence: [...evidence, `${activationInWords(taker.activation)} calls ${taker.callee}, which locks pages`] }];
  });
}

function works(kernel: Kernel, { task, cpu }: Context): boolean {
  return task !== undefined && (cpu !== undefined || kernel.attempt('task_struct.__state', () => taskState(task).letter) === 'D');
}

interface Mention {
  readonly activation: Activation;
  readonly at: bigint;
  /** The function further out that locks pages: what its callees have saved is its own. */
  readonly taker?: { readonly activation: Activation; readonly callee: string };
}

/** The innermost frame that holds a word. */
function mention(kernel: Kernel, { segments }: Context, word: bigint): Mention | undefined {
  for (const { activations } of segments) {
    for (const [index, activation] of activations.entries()) {
      for (const { at, word: found } of stackWords(kernel, activation.frame, activations[index + 1]?.frame)) {
        if (found !== word) continue;
        const taker = locksPages(kernel, activations.slice(index));
        return { activation, at, ...(taker ? { taker } : {}) };
      }
    }
  }
  return undefined;
}

/** Where the bit is set is inlined; the call for the case that it is set already may stand anywhere in the function. */
function locksPages(kernel: Kernel, activations: readonly Activation[]): Mention['taker'] {
  for (const activation of activations) {
    const call = activation.place && lockCalls(kernel, activation.place).find(({ kind, does }) => kind === 'page bit' && does === 'acquire');
    if (call?.callee !== undefined) return { activation, callee: call.callee };
  }
  return undefined;
}
