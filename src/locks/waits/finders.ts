import type { Kernel } from '../../kernel/kernel.js';
import { wordAt } from '../../kernel/word-at.js';
import type { Task } from '../../linux/sched/tasks.js';
import { hex } from '../../words/hex.js';
import { stackWords } from '../contexts.js';
import type { Acquiring, FoundLock, LockKind, Sleeper, WaiterForm } from '../lock-kind.js';
import { exitedOwner } from '../owners/exited-owner.js';
import { lockState, plausibleLock } from '../state/lock-state.js';
import { rtMutexOffset, rtMutexOwner } from '../state/rt-locks.js';
import { decodeBlocker } from '../state/words/owner-words.js';
import { formOf, ringOf } from './waiters.js';
import { defined } from '../../words/defined.js';

/** A waiter on the task's own stack, which names the task and is linked into the lock's list. */
export function byWaiter(kernel: Kernel, sleeper: Sleeper): FoundLock | undefined {
  return byOwnWaiter(kernel, sleeper, () => true)?.found;
}

/** The same for a kind whose words tell whether what stands there is such a lock. */
export function byCheckedWaiter(kernel: Kernel, sleeper: Sleeper): FoundLock | undefined {
  return checked(kernel, sleeper)?.found;
}

/** The same for an rwsem, whose waiters say what they want. */
export function byRwsemWaiter(kernel: Kernel, sleeper: Sleeper): FoundLock | undefined {
  const own = checked(kernel, sleeper);
  const mode = own && rwsemMode(kernel, own.waiter);
  return own && { ...own.found, ...defined({ mode }) };
}

function checked(kernel: Kernel, sleeper: Sleeper): OwnWaiter | undefined {
  const { kind } = sleeper.acquiring;
  return byOwnWaiter(
    kernel,
    sleeper,
    (found) => knownForm(kernel, kind, found) || exitedOwner(kernel, kind, found) !== undefined,
  );
}

interface OwnWaiter {
  readonly found: FoundLock;
  /** Address of its struct. */
  readonly waiter: bigint;
}

function byOwnWaiter(kernel: Kernel, sleeper: Sleeper, isOne: (lock: bigint) => boolean): OwnWaiter | undefined {
  const { task, acquiring } = sleeper;
  const form = formOf(kernel, acquiring.kind);
  if (form === undefined) return undefined;
  for (const node of ownWaiters(kernel, task, acquiring, form)) {
    const ring = ringOf(kernel, node, form);
    if ((form.head === undefined) !== (ring.head === undefined)) continue;
    const address = ring.head === undefined ? headless(kernel, sleeper, ring.waiters) : ring.head - BigInt(form.head!);
    if (address === undefined || !isOne(address)) continue;
    const waiter = node - BigInt(form.node);
    return {
      found: {
        address,
        node,
        how: [`a ${form.struct} on its stack (${hex(waiter)}) names the task and is linked into the lock's list`],
      },
      waiter,
    };
  }
  return undefined;
}

/** A waiter that names the task, among the words of the frames that acquire. */
export function* ownWaiters(
  kernel: Kernel,
  task: Task,
  { frames, taker }: Pick<Acquiring, 'frames' | 'taker'>,
  form: WaiterForm,
): Generator<bigint> {
  for (const { at, word } of stackWords(kernel, frames[0]!.frame, taker?.frame)) {
    if (word !== task.$address) continue;
    const node = at - BigInt(form.task) + BigInt(form.node);
    const [next, prev] = [wordAt(kernel, node), wordAt(kernel, node + 8n)];
    if (next === undefined || prev === undefined || wordAt(kernel, next + 8n) !== node || wordAt(kernel, prev) !== node)
      continue;
    yield node;
  }
}

function knownForm(kernel: Kernel, kind: LockKind, address: bigint): boolean {
  const state = lockState(kernel, kind, address);
  return state !== undefined && (!state.held || plausibleLock(kernel, kind, address));
}

/**
 * Where the list has no head, the lock points to its first waiter: one that does is looked for where the task has its
 * address.
 */
function headless(kernel: Kernel, sleeper: Sleeper, waiters: readonly bigint[]): bigint | undefined {
  const {
    task,
    acquiring: { kind, frames, taker },
  } = sleeper;
  const struct = kind.pointsToFirst;
  if (struct === undefined || !kernel.has(struct, 'first_waiter')) return undefined;
  const offset = BigInt(kernel.offsetOf(struct, 'first_waiter'));
  const points = (address: bigint | undefined): address is bigint => {
    const first =
      address === undefined || address < kernel.arch.memory.kernelStart ? undefined : wordAt(kernel, address + offset);
    return first !== undefined && waiters.includes(first);
  };
  const blocker = kernel.attempt('task_struct.blocker', () => task.blocker);
  const named = blocker === undefined ? undefined : decodeBlocker(blocker)?.lock;
  if (points(named)) return named;
  const given = sleeper.given();
  if (points(given)) return given;
  const saved = frames[0]!.frame.registers.find(points);
  if (saved !== undefined) return saved;
  for (const { word } of stackWords(kernel, frames[0]!.frame, taker?.frame)) if (points(word)) return word;
  return undefined;
}

function rwsemMode(kernel: Kernel, waiter: bigint): 'read' | 'write' | undefined {
  const { type } = kernel.ref('rwsem_waiter', waiter);
  if (type === kernel.enumerator('RWSEM_WAITING_FOR_WRITE')) return 'write';
  return type === kernel.enumerator('RWSEM_WAITING_FOR_READ') ? 'read' : undefined;
}

/**
 * task->pi_blocked_on is its rt_mutex_waiter, which names the rt_mutex: with PREEMPT_RT that is a part of other locks.
 */
export function blockedOn(kernel: Kernel, { task, acquiring: { kind } }: Sleeper): FoundLock | undefined {
  const offset = rtMutexOffset(kernel, kind);
  if (offset === undefined) return undefined;
  const waiter = task.pi_blocked_on;
  if (waiter === undefined || waiter === 0n) return undefined;
  const { task: own, lock } = kernel.ref('rt_mutex_waiter', waiter);
  if (own?.$address !== task.$address || lock === 0n) return undefined;
  return {
    address: lock - offset,
    how: [`task_struct.pi_blocked_on leads to an rt_mutex_waiter (${hex(waiter)}) that names the task and the lock`],
    node: waiter,
  };
}

/** rwbase_write_lock() takes the rt_mutex, and then waits until the readers are out. */
export function asRtWriter(kernel: Kernel, sleeper: Sleeper): FoundLock | undefined {
  const found = ownRtMutex(kernel, sleeper);
  return found === undefined
    ? undefined
    : {
        address: found,
        how: ['its rt_mutex names this task, which waits until all readers have released it'],
        mode: 'write',
      };
}

/**
 * A task that wants an rt_mutex which it has is no waiter: rt_mutex_handle_deadlock() warns, and puts it to sleep for
 * ever.
 */
export function onItself(kernel: Kernel, sleeper: Sleeper): FoundLock | undefined {
  const found = ownRtMutex(kernel, sleeper);
  return found === undefined
    ? undefined
    : {
        address: found,
        how: [
          'it is no waiter of the lock, which names this very task: rt_mutex_handle_deadlock() has put it to sleep for ever',
        ],
      };
}

/** A lock that a task has, among what its acquiring frames hold. */
function ownRtMutex(kernel: Kernel, sleeper: Sleeper): bigint | undefined {
  const offset = rtMutexOffset(kernel, sleeper.acquiring.kind);
  if (offset === undefined) return undefined;
  const waitsHere = (address: bigint | undefined): address is bigint =>
    address !== undefined &&
    address >= kernel.arch.memory.kernelStart &&
    (address & 7n) === 0n &&
    ownsRtMutex(kernel, sleeper.task, address + offset);
  return sleepersWords(kernel, sleeper).find(waitsHere);
}

/**
 * Where a sleeper may have the address of its lock: what the code gives, then registers, then the words of its frames.
 */
export function sleepersWords(kernel: Kernel, sleeper: Sleeper): readonly (bigint | undefined)[] {
  const { frames, taker } = sleeper.acquiring;
  return [
    sleeper.given(),
    ...frames[0]!.frame.registers,
    ...[...stackWords(kernel, frames[0]!.frame, taker?.frame)].map(({ word }) => word),
  ];
}

function ownsRtMutex(kernel: Kernel, task: Task, rtMutex: bigint): boolean {
  return kernel.peek('owner of an rt_mutex', () => rtMutexOwner(kernel, rtMutex).task) === task.$address;
}
