import type { Kernel } from '../kernel/kernel.js';
import type { LockKind } from './lock-functions.js';
import { sleepingLockState, tasksByAddress } from './lock-state.js';
import { slabObject } from './slab-object.js';

/**
 * Whom a lock names as its owner though no such task is left: "worker (116)" by what its task_struct still says. Believed
 * only where that is an object of the kernel's cache for them.
 * @returns undefined where the owner lives, nobody is named, or what is named is no task_struct
 */
export function exitedOwner(kernel: Kernel, kind: LockKind | 'wait queue', address: bigint): string | undefined {
  const { owner, ownerIsReader } = sleepingLockState(kernel, kind, address) ?? {};
  if (owner === undefined || ownerIsReader === true || tasksByAddress(kernel).has(owner)) return undefined;
  const object = slabObject(kernel, owner);
  if (object?.cache !== 'task_struct' || object.offset !== 0) return undefined;
  return kernel.attempt('task_struct of an exited owner', () => {
    const { comm, pid } = kernel.ref('task_struct', owner);
    return `${comm} (${pid})`;
  });
}
