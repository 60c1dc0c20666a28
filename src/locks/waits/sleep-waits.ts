import type { Kernel } from '../../kernel/kernel.js';
import { wordAt } from '../../kernel/word-at.js';
import { taskState } from '../../linux/sched/task-state.js';
import type { Task } from '../../linux/sched/tasks.js';
import { spOf } from '../../stack/frame.js';
import { hex } from '../../stack/stack-memory.js';
import { behindCompletion } from './behind-completion.js';
import { acquiringIn, type Acquiring } from './acquiring.js';
import { sleepingContexts, stackWords, type Context } from '../contexts.js';
import { expeditedBehind } from './grace-period-waits.js';
import { exitedOwner } from '../owners/exited-owner.js';
import { contentOfPage } from '../../linux/fs/file-objects.js';
import { lockGivenAt } from '../owners/lock-calls.js';
import { lockName } from '../names/lock-name.js';
import { plausibleLock, sleepingLockState } from '../state/lock-state.js';
import type { LockKind } from '../lock-functions.js';
import type { Lock, Wait } from '../wait.js';
import { rtMutexOffset, rtMutexOwner } from '../state/rt-locks.js';
import { ringOf, waiterForms, type WaiterForm, type WaiterKind } from './waiters.js';
import { decodeBlocker } from '../state/words/owner-words.js';

/**
 * What each sleeping task waits for. A waiter's struct on the task's own stack tells, which names the task and is linked
 * into the lock's list; nothing else is believed. Wait queues count only for tasks in uninterruptible sleep.
 */
export function sleepWaits(kernel: Kernel): readonly Wait[] {
  return kernel.once('sleep waits', () => sleepingContexts(kernel).flatMap((waiter) => kernel.attempt(`what ${waiter.label} waits for`, () => waitOf(kernel, waiter)) ?? []));
}

function waitOf(kernel: Kernel, waiter: Context): Wait | undefined {
  const segment = waiter.segments[0];
  const task = waiter.task;
  if (segment === undefined || task === undefined || segment.activations.length === 0) return undefined;
  const acquiring = acquiringIn(segment);
  if (acquiring === undefined) return taskState(task).letter === 'D' ? onWaitQueue(kernel, waiter, task) : undefined;
  const found = findLock(kernel, task, acquiring);
  if (found === undefined) return undefined;
  return {
    ...found, lock: behindCompletion(kernel, found.lock, segment.activations, acquiring.takerIndex),
    waiter, segment: 0, spinning: false, takerIndex: acquiring.takerIndex,
    ...(found.mode ?? acquiring.mode ? { mode: found.mode ?? acquiring.mode! } : {}),
    ...(acquiring.taker ? { taker: acquiring.taker } : {}),
  };
}

type Found = Pick<Wait, 'lock' | 'how' | 'node' | 'mode'>;

function findLock(kernel: Kernel, task: Task, acquiring: Acquiring): Found | undefined {
  switch (acquiring.kind) {
    case 'semaphore': case 'completion': return byWaiter(kernel, task, acquiring, acquiring.kind);
    case 'mutex': return blockedOn(kernel, task, acquiring.kind) ?? byWaiter(kernel, task, acquiring, acquiring.kind) ?? onItself(kernel, task, acquiring);
    case 'rwsem': return blockedOn(kernel, task, acquiring.kind) ?? byWaiter(kernel, task, acquiring, acquiring.kind) ?? asRtWriter(kernel, task, acquiring);
    case 'rtmutex': return blockedOn(kernel, task, acquiring.kind) ?? onItself(kernel, task, acquiring);
    case 'rwlock': return blockedOn(kernel, task, acquiring.kind) ?? asRtWriter(kernel, task, acquiring);
    case 'percpu-rwsem': return byWaiter(kernel, task, acquiring, 'percpu-rwsem') ?? asPercpuWriter(kernel, task, acquiring);
    case 'page bit': return onPageBit(kernel, task, acquiring);
    default: return undefined;
  }
}

function lockAt(kernel: Kernel, kind: Lock['kind'], address: bigint): Lock {
  return { kind, address, name: lockName(kernel, address, kind) };
}

/** A waiter that names the task, among the words of the frames that acquire. */
function* ownWaiters(kernel: Kernel, task: Task, { frames, taker }: Pick<Acquiring, 'frames' | 'taker'>, form: WaiterForm): Generator<bigint> {
  for (const { at, word } of stackWords(kernel, frames[0]!.frame, taker?.frame)) {
    if (word !== task.$address) continue;
    const node = at - BigInt(form.task) + BigInt(form.node);
    const [next, prev] = [wordAt(kernel, node), wordAt(kernel, node + 8n)];
    if (next === undefined || prev === undefined || wordAt(kernel, next + 8n) !== node || wordAt(kernel, prev) !== node) continue;
    yield node;
  }
}

function byWaiter(kernel: Kernel, task: Task, acquiring: Acquiring, kind: Exclude<WaiterKind, 'wait queue'>): Found | undefined {
  const form = waiterForms(kernel)[kind];
  if (form === undefined) return undefined;
  for (const node of ownWaiters(kernel, task, acquiring, form)) {
    const ring = ringOf(kernel, node, form);
    if ((form.head === undefined) !== (ring.head === undefined)) continue;
    const found = ring.head === undefined ? headless(kernel, task, acquiring, kind, ring.waiters) : ring.head - BigInt(form.head!);
    if (found === undefined) continue;
    if (isOwned(kind) && !knownForm(kernel, kind, found) && exitedOwner(kernel, kind, found) === undefined) continue;
    const mode = kind === 'rwsem' ? rwsemMode(kernel, node - BigInt(form.node)) : undefined;
    return {
      lock: lockAt(kernel, kind, found), node,
      how: [`a ${form.struct} on its stack (${hex(node - BigInt(form.node))}) names the task and is linked into the lock's list`],
      ...(mode ? { mode } : {}),
    };
  }
  return undefined;
}

/** Kinds whose words tell whether what stands there is such a lock. */
function isOwned(kind: WaiterKind): kind is 'mutex' | 'rwsem' | 'semaphore' {
  return kind === 'mutex' || kind === 'rwsem' || kind === 'semaphore';
}

function knownForm(kernel: Kernel, kind: LockKind, address: bigint): boolean {
  const state = sleepingLockState(kernel, kind, address);
  return state !== undefined && (!state.held || plausibleLock(kernel, kind, address));
}

/** Locks whose list of waiters has no head since 7.x. */
const WITHOUT_HEAD: Partial<Record<LockKind, 'mutex' | 'rw_semaphore' | 'semaphore'>> = { mutex: 'mutex', rwsem: 'rw_semaphore', semaphore: 'semaphore' };

/** Where the list has no head, the lock points to its first waiter: one that does is looked for where the task has its address. */
function headless(kernel: Kernel, task: Task, { frames, taker }: Acquiring, kind: LockKind, waiters: readonly bigint[]): bigint | undefined {
  const struct = WITHOUT_HEAD[kind];
  if (struct === undefined || !kernel.has(struct, 'first_waiter')) return undefined;
  const offset = BigInt(kernel.offsetOf(struct, 'first_waiter'));
  const points = (address: bigint | undefined): address is bigint => {
    const first = address === undefined || address < 1n << 63n ? undefined : wordAt(kernel, address + offset);
    return first !== undefined && waiters.includes(first);
  };
  const blocker = kernel.attempt('task_struct.blocker', () => task.blocker);
  const named = blocker === undefined ? undefined : decodeBlocker(blocker)?.lock;
  if (points(named)) return named;
  const given = taker?.place && lockGivenAt(kernel, taker.place, taker.offset);
  if (points(given)) return given;
  const saved = frames[0]!.frame.registers.find(points);
  if (saved !== undefined) return saved;
  for (const { word } of stackWords(kernel, frames[0]!.frame, taker?.frame)) if (points(word)) return word;
  return undefined;
}

function rwsemMode(kernel: Kernel, waiter: bigint): 'read' | 'write' | undefined {
  const { type } = kernel.ref('rwsem_waiter', waiter);
  return type === kernel.enumerator('RWSEM_WAITING_FOR_WRITE') ? 'write' : type === kernel.enumerator('RWSEM_WAITING_FOR_READ') ? 'read' : undefined;
}

/** task->pi_blocked_on is its rt_mutex_waiter, which names the rt_mutex: with PREEMPT_RT that is a part of other locks. */
function blockedOn(kernel: Kernel, task: Task, kind: LockKind): Found | undefined {
  const offset = rtMutexOffset(kernel, kind);
  if (offset === undefined) return undefined;
  const waiter = task.pi_blocked_on;
  if (waiter === undefined || waiter === 0n) return undefined;
  const { task: own, lock } = kernel.ref('rt_mutex_waiter', waiter);
  if (own?.$address !== task.$address || lock === 0n) return undefined;
  return { lock: lockAt(kernel, kind, lock - offset), how: [`task_struct.pi_blocked_on leads to an rt_mutex_waiter (${hex(waiter)}) that names the task and the lock`], node: waiter };
}

/** rwbase_write_lock() takes the rt_mutex, and then waits until the readers are out. */
function asRtWriter(kernel: Kernel, task: Task, acquiring: Acquiring): Found | undefined {
  const found = ownRtMutex(kernel, task, acquiring);
  return found === undefined ? undefined : { lock: lockAt(kernel, acquiring.kind, found), how: ['its rt_mutex names this task, which waits until the readers are out'], mode: 'write' };
}

/** A task that wants an rt_mutex which it has is no waiter: rt_mutex_handle_deadlock() warns, and puts it to sleep for ever. */
function onItself(kernel: Kernel, task: Task, acquiring: Acquiring): Found | undefined {
  const found = ownRtMutex(kernel, task, acquiring);
  return found === undefined ? undefined : { lock: lockAt(kernel, acquiring.kind, found), how: ['it is no waiter of the lock, which names this very task: rt_mutex_handle_deadlock() has put it to sleep for ever'] };
}

/** A lock that a task has, among what its acquiring frames hold. */
function ownRtMutex(kernel: Kernel, task: Task, { kind, frames, taker }: Acquiring): bigint | undefined {
  const offset = rtMutexOffset(kernel, kind);
  if (offset === undefined) return undefined;
  const waitsHere = (address: bigint | undefined): address is bigint => address !== undefined && address >= 1n << 63n && (address & 7n) === 0n && ownsRtMutex(kernel, task, address + offset);
  const given = taker?.place && lockGivenAt(kernel, taker.place, taker.offset);
  return [given, ...frames[0]!.frame.registers, ...[...stackWords(kernel, frames[0]!.frame, taker?.frame)].map(({ word }) => word)].find(waitsHere);
}

function ownsRtMutex(kernel: Kernel, task: Task, rtMutex: bigint): boolean {
  return kernel.peek('owner of an rt_mutex', () => rtMutexOwner(kernel, rtMutex).task) === task.$address;
}

/** percpu_down_write() waits until the readers are gone; the lock's `writer` is then the task. */
function asPercpuWriter(kernel: Kernel, task: Task, { frames, taker }: Acquiring): Found | undefined {
  if (!kernel.has('percpu_rw_semaphore', 'writer')) return undefined;
  const offset = BigInt(kernel.offsetOf('percpu_rw_semaphore', 'writer'));
  const waitsHere = (address: bigint | undefined): address is bigint => address !== undefined && address >= 1n << 63n && wordAt(kernel, address + offset) === task.$address;
  const given = taker?.place && lockGivenAt(kernel, taker.place, taker.offset);
  const found = [given, ...frames[0]!.frame.registers, ...[...stackWords(kernel, frames[0]!.frame, taker?.frame)].map(({ word }) => word)].find(waitsHere);
  return found === undefined ? undefined : { lock: lockAt(kernel, 'percpu-rwsem', found), how: ['the lock\'s `writer` is this task'], mode: 'write' };
}

/** A wait_page_queue on the stack names the page and the bit that is waited for. */
function onPageBit(kernel: Kernel, task: Task, acquiring: Acquiring): Found | undefined {
  const queue = waiterForms(kernel)['wait queue'];
  if (queue === undefined || kernel.missing('wait_page_queue') !== undefined) return undefined;
  const inner = BigInt(kernel.offsetOf('wait_page_queue', 'wait'));
  for (const node of ownWaiters(kernel, task, acquiring, queue)) {
    const { folio, bit_nr: bit } = kernel.ref('wait_page_queue', node - BigInt(queue.node) - inner);
    if (folio < 1n << 63n || bit < 0 || bit > 63) continue;
    const flag = [...kernel.enumValues('pageflags')].find(([, value]) => value === bit)?.[0] ?? `bit ${bit}`;
    const content = contentOfPage(kernel, folio);
    return {
      lock: { kind: 'page bit', address: folio, bit, name: { text: `${flag} of the page at ${hex(folio)}${content === undefined ? '' : ` (${content})`}`, about: flag, known: true } }, node,
      how: [`a wait_page_queue on its stack names the page and the bit`],
    };
  }
  return undefined;
}

/** Any other wait queue, found in the frames of the task: whoever wakes it is not known. */
function onWaitQueue(kernel: Kernel, waiter: Context, task: Task): Wait | undefined {
  const { activations } = waiter.segments[0]!;
  const forms = waiterForms(kernel);
  // Frames of the task's own work: everything up to the top may hold the entry.
  const range = { frames: activations };
  for (const kind of ['completion', 'wait queue'] as const) {
    const form = forms[kind];
    if (form === undefined || spOf(activations[0]!.frame) === undefined) continue;
    for (const node of ownWaiters(kernel, task, range, form)) {
      const { head } = ringOf(kernel, node, form);
      if (head === undefined || form.head === undefined) continue;
      const address = head - BigInt(form.head);
      return {
        lock: expeditedBehind(kernel, activations) ?? lockAt(kernel, kind, address), waiter, segment: 0, spinning: false, takerIndex: 0, node,
        how: [`a ${form.struct} on its stack (${hex(node - BigInt(form.node))}) names the task and is linked into the queue`],
      };
    }
  }
  return undefined;
}
