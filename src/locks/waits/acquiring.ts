import type { Segment } from '../contexts.js';
import { isOptimisticSpin, isSpinIdle, lockFunction } from '../lock-functions.js';
import type { Acquiring } from '../lock-kind.js';
import { defined } from '../../words/defined.js';

/** How deep below acquiring a segment may be: __schedule, schedule, schedule_timeout; or a hypervisor's way to wait. */
const DEEPEST = 10;

/** What the innermost frames of a segment acquire; undefined where they do something else. */
export function acquiringIn({ activations }: Segment): Acquiring | undefined {
  const first = activations.slice(0, DEEPEST).findIndex(({ name }) => isAcquiring(name));
  if (first < 0) return undefined;
  let end = first;
  while (end < activations.length && (isAcquiring(activations[end]!.name) || isOptimisticSpin(activations[end]!.name)))
    end++;
  const frames = activations.slice(0, end);
  const functions = frames.map(({ name }) => lockFunction(name)).filter((found) => found !== undefined);
  // A rwlock's waiters queue on a spinlock within it: the outermost says what is wanted.
  const kind = functions.at(-1)!.kind;
  const mode = functions.findLast((found) => found.mode !== undefined)?.mode;
  const taker = activations[end];
  return {
    kind,
    slow: functions.some(({ does }) => does === 'inside') || frames.some(({ name }) => isSpinIdle(name)),
    optimistic: frames.some(({ name }) => isOptimisticSpin(name)),
    frames,
    takerIndex: end,
    ...defined({ mode }),
    ...defined({ taker }),
  };
}

function isAcquiring(name: string): boolean {
  const found = lockFunction(name);
  return found?.does === 'acquire' || found?.does === 'inside';
}
