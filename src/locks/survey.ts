import type { Kernel } from '../kernel/kernel.js';
import { lockKinds } from './kinds/all.js';
import type { ContendedLock, Lock, QueuedWait, Wait } from './lock-kind.js';
import { lockName } from './names/lock-name.js';
import { exitedOwner } from './owners/exited-owner.js';
import { holdersOf } from './owners/holders.js';
import { lockState } from './state/lock-state.js';
import { rtMutexOffset, rtQueue } from './state/rt-locks.js';
import { sleepWaits } from './waits/sleep-waits.js';
import { spinWaits } from './waits/spin-waits.js';
import { formOf, ringOf } from './waits/waiters.js';
import { defined } from '../words/defined.js';

/** Every lock that a CPU spins on or a task sleeps for, with who waits and who has it. */
export function contendedLocks(kernel: Kernel): readonly ContendedLock[] {
  return kernel.once('contended locks', () => {
    const spinners = lockKinds.flatMap(
      (kind) => kind.spinners?.(kernel, (address) => lockName(kernel, address, kind)) ?? [],
    );
    const waits = [...spinWaits(kernel), ...spinners, ...sleepWaits(kernel)];
    const byLock = new Map<string, Wait[]>();
    for (const wait of waits) {
      const key = `${wait.lock.kind.name} ${wait.lock.address}`;
      const own = byLock.get(key);
      if (own) own.push(wait);
      else byLock.set(key, [wait]);
    }
    return [...byLock.values()].map((own) => contended(kernel, own, waits));
  });
}

function contended(kernel: Kernel, own: readonly Wait[], waits: readonly Wait[]): ContendedLock {
  const { lock } = own[0]!;
  const { kind, address } = lock;
  const holders = holdersOf(kernel, lock, waits);
  const known = kind.contended?.(kernel, lock, own);
  if (known) return { lock, holders, ...known };
  const exited = exitedOwner(kernel, kind, address);
  const frozen = kind.frozen?.(kernel, address);
  return {
    lock,
    state: stateInWords(kernel, lock),
    waits: byList(kernel, lock, own),
    holders,
    remarks: [],
    ...defined({ exited, frozen }),
  };
}

function stateInWords(kernel: Kernel, lock: Lock): string {
  const state = lockState(kernel, lock.kind, lock.address);
  if (state) return state.words;
  return lock.kind.words ? lock.kind.words(kernel, lock) : '';
}

/** In the order of the lock's list, or of the tree that an rt_mutex keeps. */
function byList(kernel: Kernel, lock: Lock, own: readonly Wait[]): QueuedWait[] {
  if (rtMutexOffset(kernel, lock.kind) !== undefined) return inPlaces(own, rtQueue(kernel, lock.kind, lock.address));
  const form = formOf(kernel, lock.kind);
  const first = own.find(({ node }) => node !== undefined)?.node;
  if (form === undefined || first === undefined) return [...own];
  const order = ringOf(kernel, firstOf(kernel, lock) ?? first, form).waiters;
  return inPlaces(own, order);
}

function inPlaces(own: readonly Wait[], order: readonly bigint[]): QueuedWait[] {
  const places = new Map(order.map((node, index) => [node, index]));
  const place = ({ node }: Wait): number => (node === undefined ? -1 : (places.get(node) ?? -1));
  return own
    .toSorted((a, b) => place(a) - place(b))
    .map((wait) => (place(wait) < 0 ? wait : { ...wait, place: String(place(wait) + 1) }));
}

/** Where the list has no head, the lock names its first. */
function firstOf(kernel: Kernel, { kind: { pointsToFirst: struct }, address }: Lock): bigint | undefined {
  const waiter = struct && kernel.attempt('first_waiter', () => kernel.ref(struct, address).first_waiter);
  return waiter === 0n ? undefined : waiter;
}
