import type { Kernel } from '../../kernel/kernel.js';
import { taskState } from '../../linux/sched/task-state.js';
import { hex } from '../../words/hex.js';
import { activationInWords, allContexts, stackWords, type Activation, type Context } from '../contexts.js';
import type { CodeSearch, Holding, Lock, LockKind, Wait } from '../lock-kind.js';
import { defined } from '../../words/defined.js';

/**
 * Who may have a page locked: nobody is named by a bit, but who has it works with the page, so that its address stands
 * in his frames. Asked of tasks that run or sleep uninterruptibly, those that wait for the same page aside.
 * @param waits all that wait for anything
 */
export function pageLockHolders(
  kernel: Kernel,
  lock: Lock,
  waits: readonly Wait[],
  code: CodeSearch,
): readonly Holding[] {
  if (!isPageLock(kernel, lock)) return [];
  const waiters = new Set(waits.filter((wait) => wait.lock.address === lock.address).map(({ waiter }) => waiter));
  const found = mentions(kernel, lock.kind, waits, code)
    .get(lock.address)
    ?.filter(({ holder }) => !waiters.has(holder));
  return found === undefined
    ? []
    : found.map(({ holder, activation, at, taker }): Holding => {
        const evidence = [
          `the page's address is in the frame of ${activationInWords(activation)} of ${holder.label}, at ${hex(at)}`,
        ];
        if (taker === undefined) return { lock, holder, certainty: 'possible', taker: activation, evidence };
        return {
          lock,
          holder,
          certainty: 'likely',
          taker: taker.activation,
          evidence: [...evidence, `${activationInWords(taker.activation)} calls ${taker.callee}, which locks pages`],
        };
      });
}

function isPageLock(kernel: Kernel, { bit }: Lock): boolean {
  return bit !== undefined && kernel.enumValues('pageflags').get('PG_locked') === bit;
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
function mentions(
  kernel: Kernel,
  kind: LockKind,
  waits: readonly Wait[],
  code: CodeSearch,
): ReadonlyMap<bigint, readonly Mention[]> {
  return kernel.once('mentions of locked pages', () => {
    const pages = new Set(
      waits.filter(({ lock }) => lock.kind === kind && isPageLock(kernel, lock)).map(({ lock }) => lock.address),
    );
    const found = new Map<bigint, Mention[]>();
    for (const holder of allContexts(kernel).filter((context) => works(kernel, context))) {
      const seen = new Set<bigint>();
      for (const { activations } of holder.segments) {
        for (const [index, activation] of activations.entries()) {
          for (const { at, word } of stackWords(kernel, activation.frame, activations[index + 1]?.frame)) {
            if (!pages.has(word) || seen.has(word)) continue;
            seen.add(word);
            const taker = locksPages(kind, activations.slice(index), code);
            found.set(word, [...(found.get(word) ?? []), { holder, activation, at, ...defined({ taker }) }]);
          }
        }
      }
    }
    return found;
  });
}

function works(kernel: Kernel, { task, cpu }: Context): boolean {
  return (
    task !== undefined &&
    (cpu !== undefined || kernel.attempt('task_struct.__state', () => taskState(task).letter) === 'D')
  );
}

/** Where the bit is set is inlined; the call for the case that it is set already may stand anywhere in the function. */
function locksPages(page: LockKind, activations: readonly Activation[], code: CodeSearch): Mention['taker'] {
  for (const activation of activations) {
    const call =
      activation.place && code.calls(activation.place).find(({ kind, does }) => kind === page && does === 'acquire');
    if (call?.callee !== undefined) return { activation, callee: call.callee };
  }
  return undefined;
}
