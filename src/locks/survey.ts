import type { Kernel } from '../kernel/kernel.js';
import { exitedOwner } from './owners/exited-owner.js';
import { gracePeriodInWords } from './waits/grace-period-waits.js';
import { frozenBy, type Frozen } from '../linux/fs/file-objects.js';
import { holdersOf, type Holding } from './owners/holders.js';
import { sleepingLockState } from './state/lock-state.js';
import { printkLockInWords, printkWaits } from './waits/printk-locks.js';
import { sleepWaits } from './waits/sleep-waits.js';
import { hashedNode, spinQueue, spinWord, type SpinQueue } from './state/spin-queue.js';
import { spinWaits } from './waits/spin-waits.js';
import type { Lock, Wait } from './wait.js';
import { ringOf, waiterForms, type WaiterKind } from './waits/waiters.js';
import { decodeRwlockWord, rwlockInWords } from './state/words/queued-rwlock.js';
import { rtMutexOffset, rtQueue } from './state/rt-locks.js';
import { spinWordInWords, type SpinWord } from './state/words/queued-spinlock.js';

/** A lock that somebody waits for. */
export interface ContendedLock {
  readonly lock: Lock;
  /** What the lock's own words say: "locked and pending", "held, with waiters". */
  readonly state: string;
  readonly spin?: { readonly word: SpinWord; readonly queue: SpinQueue; readonly asleep?: number };
  /** First to get it first, as far as the lock tells; `place` says what it is in the queue. */
  readonly waits: readonly QueuedWait[];
  readonly holders: readonly Holding[];
  /** Who took it, and is no task any more. */
  readonly exited?: string;
  /** The file system that it keeps frozen. */
  readonly frozen?: Frozen;
  /** Remarks that the words of the lock lead to. */
  readonly remarks: readonly string[];
}

export interface QueuedWait extends Wait {
  /** "pending", "queued 1", "1", … ; undefined where the lock keeps no order. */
  readonly place?: string;
}

/** Every lock that a CPU spins on or a task sleeps for, with who waits and who has it. */
export function contendedLocks(kernel: Kernel): readonly ContendedLock[] {
  return kernel.once('contended locks', () => {
    const waits = [...spinWaits(kernel), ...printkWaits(kernel), ...sleepWaits(kernel)];
    const byLock = new Map<string, Wait[]>();
    for (const wait of waits) {
      const key = `${wait.lock.kind} ${wait.lock.address}`;
      const own = byLock.get(key);
      if (own) own.push(wait);
      else byLock.set(key, [wait]);
    }
    return [...byLock.values()].map((own) => (own[0]!.lock.kind === 'spinlock' ? spinning(kernel, own, waits) : other(kernel, own, waits)));
  });
}

function spinning(kernel: Kernel, own: readonly Wait[], waits: readonly Wait[]): ContendedLock {
  const { lock } = own[0]!;
  const holders = holdersOf(kernel, lock, waits);
  const word = spinWord(kernel, lock.address);
  if (word === undefined) return { lock, state: 'in a state that can\'t be told: its word can\'t be read, or is none of a queued spinlock', waits: own, holders, remarks: [] };
  const queue = spinQueue(kernel, word);
  const hashed = word.slow ? hashedNode(kernel, lock.address) : undefined;
  const placed = inOrder(own, word, queue, hashed?.cpu);
  return {
    lock, state: spinWordInWords(word), spin: { word, queue, ...(hashed ? { asleep: hashed.cpu } : {}) }, waits: placed, holders,
    remarks: [
      ...testAndSet(kernel, word, own),
      ...(queue.broken === undefined ? [] : [`The queue can't be followed to its head: ${queue.broken}.`]),
      ...(hashed ? [`CPU ${hashed.cpu} is asleep in the hypervisor at the head of the queue: pv_lock_hash has its node for this lock.`] : []),
      ...silent(own, queue),
    ],
  };
}

/** The pending one has no node; those with a node come in the order of the queue; others have only come to the slow path. */
function inOrder(own: readonly Wait[], word: SpinWord, queue: SpinQueue, asleep: number | undefined): QueuedWait[] {
  const place = ({ waiter: { cpu } }: Wait): number => queue.nodes.findIndex((node) => node.cpu === cpu);
  const unqueued = own.filter((wait) => place(wait) < 0);
  const queued = own.filter((wait) => place(wait) >= 0).toSorted((a, b) => place(a) - place(b));
  const alone = word.pending && unqueued.length === 1;
  return [
    ...unqueued.map((wait): QueuedWait => ({ ...wait, ...(alone ? { place: 'pending' } : {}) })),
    ...queued.map((wait): QueuedWait => ({ ...wait, place: `queued ${place(wait) + 1}${wait.waiter.cpu === asleep ? ', asleep in the hypervisor' : ''}` })),
  ];
}

/** virt_spin_lock(): under a hypervisor without paravirtual locks CPUs try again and again, and nobody queues. */
function testAndSet(kernel: Kernel, word: SpinWord, own: readonly Wait[]): string[] {
  if (word.pending || word.tail || !word.locked || word.slow) return [];
  const enabled = keyEnabled(kernel);
  const who = own.length === 1 ? 'one CPU spins' : `${own.length} CPUs spin`;
  return [`${who} on it and the word has neither a pending bit nor a queue: test-and-set spinning, as under a hypervisor (virt_spin_lock), where nobody queues${enabled ? '; virt_spin_lock_key is on' : ''}.`];
}

/** A static key begins with the count of those that enabled it. */
function keyEnabled(kernel: Kernel): boolean {
  const key = kernel.symbols.addressOf('virt_spin_lock_key');
  return key !== undefined && kernel.attempt('virt_spin_lock_key', () => kernel.memory.i32(key) > 0) === true;
}

function silent(own: readonly Wait[], queue: SpinQueue): string[] {
  const missing = queue.nodes.filter((node) => !own.some(({ waiter: { cpu } }) => cpu === node.cpu));
  return missing.length === 0 ? [] : [`In the queue, though its stack does not show it: CPU ${missing.map(({ cpu }) => cpu).join(', ')}.`];
}

function other(kernel: Kernel, own: readonly Wait[], waits: readonly Wait[]): ContendedLock {
  const { lock } = own[0]!;
  const state = sleepingLockState(kernel, lock.kind, lock.address);
  const exited = exitedOwner(kernel, lock.kind, lock.address);
  const frozen = lock.kind === 'percpu-rwsem' ? frozenBy(kernel, lock.address) : undefined;
  return {
    lock, state: state?.words ?? stateInWords(kernel, lock), waits: byList(kernel, lock, own), holders: holdersOf(kernel, lock, waits), remarks: [],
    ...(exited === undefined ? {} : { exited }), ...(frozen === undefined ? {} : { frozen }),
  };
}

function stateInWords(kernel: Kernel, { kind, address, bit }: Lock): string {
  if (kind === 'rwlock') {
    const word = kernel.attempt('qrwlock.cnts', () => kernel.memory.u32(address));
    const decoded = word === undefined ? undefined : decodeRwlockWord(word);
    return word === undefined ? '' : decoded ? rwlockInWords(decoded) : `in a state that no queued rwlock has (0x${word.toString(16)})`;
  }
  if (kind === 'page bit' && bit !== undefined) {
    const flags = kernel.attempt('page.flags', () => kernel.memory.u64(address + BigInt(kernel.offsetOf('page', 'flags'))));
    return flags === undefined ? '' : (flags >> BigInt(bit)) & 1n ? 'set' : 'clear';
  }
  if (kind === 'RCU grace period' || kind === 'expedited RCU grace period') return gracePeriodInWords(kernel, kind);
  if (kind === 'work item') return 'running';
  if (kind === 'console owner' || kind === 'printk CPU lock') return printkLockInWords(kernel, kind);
  if (kind !== 'completion') return '';
  const done = kernel.attempt('completion.done', () => kernel.ref('completion', address).done);
  return done === undefined ? '' : done === 0 ? 'not completed' : 'completed';
}

/** In the order of the lock's list, or of the tree that an rt_mutex keeps. */
function byList(kernel: Kernel, lock: Lock, own: readonly Wait[]): QueuedWait[] {
  if (rtMutexOffset(kernel, lock.kind) !== undefined) return inPlaces(own, rtQueue(kernel, lock.kind, lock.address));
  const form = waiterForms(kernel)[lock.kind as WaiterKind];
  const first = own.find(({ node }) => node !== undefined)?.node;
  if (form === undefined || first === undefined) return [...own];
  const order = ringOf(kernel, firstOf(kernel, lock) ?? first, form).waiters;
  return inPlaces(own, order);
}

function inPlaces(own: readonly Wait[], order: readonly bigint[]): QueuedWait[] {
  const places = new Map(order.map((node, index) => [node, index]));
  const place = ({ node }: Wait): number => (node === undefined ? -1 : places.get(node) ?? -1);
  return own.toSorted((a, b) => place(a) - place(b)).map((wait) => (place(wait) < 0 ? wait : { ...wait, place: String(place(wait) + 1) }));
}

/** Where the list has no head, the lock names its first. */
function firstOf(kernel: Kernel, { kind, address }: Lock): bigint | undefined {
  const waiter = kernel.attempt('first_waiter', () => {
    switch (kind) {
      case 'mutex': return kernel.ref('mutex', address).first_waiter;
      case 'rwsem': return kernel.ref('rw_semaphore', address).first_waiter;
      case 'semaphore': return kernel.ref('semaphore', address).first_waiter;
      default: return undefined;
    }
  });
  return waiter === 0n ? undefined : waiter;
}
