import type { Kernel } from '../../kernel/kernel.js';
import { wordAt } from '../../kernel/word-at.js';
import { frozenBy } from '../../linux/fs/file-objects.js';
import type { FoundLock, InlinedLock, LockKind, LockState, Sleeper } from '../lock-kind.js';
import { byWaiter, sleepersWords } from '../waits/finders.js';
import { waiterForm } from '../waits/waiters.js';

/** struct percpu_rw_semaphore, kernel/locking/percpu-rwsem.c. */
export const percpuRwsem: LockKind = {
  name: 'percpu-rwsem',
  noun: 'percpu-rwsem',
  struct: 'struct percpu_rw_semaphore',
  tags: ['percpu_rw_semaphore'],
  functions: {
    read: {
      acquire: ['percpu_down_read', '__percpu_down_read'],
      release: ['percpu_up_read', '__percpu_up_read'],
    },
    write: { acquire: ['percpu_down_write'], release: ['percpu_up_write'] },
    inside: ['percpu_rwsem_wait', '__percpu_rwsem_wait'],
  },
  variables: {
    cpu_hotplug_lock: {
      read: { acquire: ['cpus_read_lock'], trylock: ['cpus_read_trylock'], release: ['cpus_read_unlock'] },
      write: { acquire: ['cpus_write_lock'], release: ['cpus_write_unlock'] },
    },
    mem_hotplug_lock: {
      read: { acquire: ['get_online_mems'], release: ['put_online_mems'] },
      write: { acquire: ['mem_hotplug_begin'], release: ['mem_hotplug_done'] },
    },
  },
  inlined: (kernel) =>
    kernel.has('percpu_rw_semaphore', 'read_count')
      ? readerCountAt(kernel.offsetOf('percpu_rw_semaphore', 'read_count'))
      : undefined,
  sleeps: true,
  ownerless: true,
  state: percpuRwsemState,
  frozen: frozenBy,
  waiter: (kernel) =>
    waiterForm(
      kernel,
      { struct: 'wait_queue_entry', task: 'private', node: 'entry' },
      'percpu_rw_semaphore',
      'waiters.head',
    ),
  finders: [byWaiter, asPercpuWriter],
  unnamed: (state) => `: it is ${state}, and names neither its readers nor the writer that holds it`,
};

function percpuRwsemState(kernel: Kernel, address: bigint): LockState {
  const lock = kernel.ref('percpu_rw_semaphore', address);
  // Each CPU counts those that came in there and those that went out: only the sum means something.
  const readers = kernel.possibleCpus().reduce((sum, cpu) => (sum + kernel.perCpu(lock.read_count, cpu)) >>> 0, 0);
  const blocked = lock.block === 1;
  const inside = ['no reader', 'one reader'][readers] ?? `${readers} readers`;
  return {
    words: `${blocked ? 'held or wanted by a writer' : 'without a writer'}, with ${inside} inside`,
    held: blocked || readers > 0,
    readers,
  };
}

/** percpu_down_write() waits until the readers are gone; the lock's `writer` is then the task. */
function asPercpuWriter(kernel: Kernel, sleeper: Sleeper): FoundLock | undefined {
  if (!kernel.has('percpu_rw_semaphore', 'writer')) return undefined;
  const offset = BigInt(kernel.offsetOf('percpu_rw_semaphore', 'writer'));
  const waitsHere = (address: bigint | undefined): address is bigint =>
    address !== undefined &&
    address >= kernel.arch.memory.kernelStart &&
    wordAt(kernel, address + offset) === sleeper.task.$address;
  const found = sleepersWords(kernel, sleeper).find(waitsHere);
  return found === undefined ? undefined : { address: found, how: ["the lock's `writer` is this task"], mode: 'write' };
}

/** The per-CPU counts of its readers, whose functions are all inlined. @param offset of `read_count` */
export function readerCountAt(offset: number): InlinedLock {
  return (action) =>
    action.does === 'count up' || action.does === 'count down'
      ? { does: action.does === 'count up' ? 'acquire' : 'release', lock: action.pointer - BigInt(offset) }
      : undefined;
}
