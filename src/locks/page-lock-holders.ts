import type { Kernel } from '../kernel/kernel.js';
import { taskState } from '../linux/task-state.js';
import { hex } from '../stack/stack-memory.js';
import { activationInWords, cpuContexts, sleepingContexts, stackWords, type Activation, type Context } from './contexts.js';
import type { Holding } from './holders.js';
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
    return found === undefined ? [] : [{ lock, holder, certainty: 'possible', taker: found.activation, evidence: [`the page's address stands in the frame of ${activationInWords(found.activation)} of ${holder.label}, at ${hex(found.at)}`] }];
  });
}

function works(kernel: Kernel, { task, cpu }: Context): boolean {
  return task !== undefined && (cpu !== undefined || kernel.attempt('task_struct.__state', () => taskState(task).letter) === 'D');
}

/** The innermost frame that holds a word. */
function mention(kernel: Kernel, { segments }: Context, word: bigint): { activation: Activation; at: bigint } | undefined {
  for (const { activations } of segments) {
    for (const [index, activation] of activations.entries()) {
      for (const { at, word: found } of stackWords(kernel, activation.frame, activations[index + 1]?.frame)) if (found === word) return { activation, at };
    }
  }
  return undefined;
}
