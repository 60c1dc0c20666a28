import type { Kernel } from '../../kernel/kernel.js';
import type { Activation } from '../contexts.js';
import { lockKinds } from '../kinds/all.js';
import type { Lock } from '../lock-kind.js';

/**
 * What a completion stands for, as far as the functions that wait for it and the structs around it tell: the end of a
 * grace period, of a work item, of a task. Else the completion itself, which names nobody.
 */
export function behindCompletion(
  kernel: Kernel,
  lock: Lock,
  activations: readonly Activation[],
  takerIndex: number,
): Lock {
  if (lock.kind.standsFor === undefined) return lock;
  for (const kind of lockKinds) {
    const found = kind.behindCompletion?.(kernel, lock.address, activations, takerIndex);
    if (found) return found;
  }
  return lock.kind.standsFor(kernel, lock);
}
