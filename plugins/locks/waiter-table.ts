import { columns, defined, doorTo, type Kernel, type RowOf } from 'oompm';
import { taskState } from 'oompm/linux';
import { activationInWords, waitedNs, type ContendedLock, type QueuedWait } from 'oompm/locks';

export const waiterColumns = columns([
  { key: 'lock', title: 'LOCK', type: 'text' },
  { key: 'place', title: 'PLACE', type: 'text' },
  { key: 'waiter', title: 'WAITER', type: 'text' },
  { key: 'state', title: 'ST', type: 'text', dispensable: 2 },
  { key: 'cpu', title: 'CPU', type: 'integer', dispensable: 3 },
  { key: 'mode', title: 'FOR', type: 'text', dispensable: 3 },
  { key: 'function', title: 'IN', type: 'symbol' },
  { key: 'waited', title: 'SINCE', type: 'ns' },
  { key: 'evidence', title: 'EVIDENCE', type: 'text', dispensable: 4 },
]);

/** A waiter, and what it waits for. */
interface Shown {
  readonly lock: ContendedLock;
  readonly wait: QueuedWait;
}

/** Each lock's first waiters, and a remark on those that are left out. */
export function shownWaits(locks: readonly ContendedLock[], limit: number): { waits: readonly Shown[]; note?: string } {
  const waits = locks.flatMap((lock) => lock.waits.slice(0, limit).map((wait) => ({ lock, wait })));
  const more = locks
    .filter((lock) => lock.waits.length > limit)
    .map((lock) => `${lock.waits.length - limit} more for ${lock.lock.name.text}`);
  return { waits, ...(more.length === 0 ? {} : { note: `Not shown here: ${more.join(', ')}.` }) };
}

export function waiterRow(
  kernel: Kernel,
  { lock: { name } }: ContendedLock,
  wait: QueuedWait,
): RowOf<typeof waiterColumns> {
  const { task, cpu } = wait.waiter;
  return {
    cells: {
      lock: name.text,
      place: wait.place ?? null,
      waiter: wait.waiter.label,
      state: task ? (kernel.attempt('task_struct.__state', () => taskState(task).letter) ?? null) : null,
      cpu: cpu ?? null,
      mode: wait.mode ?? null,
      function: wait.taker ? activationInWords(wait.taker) : null,
      waited: waitedNs(kernel, wait) ?? null,
      evidence: wait.how.join('; '),
    },
    ...defined({ door: task && doorTo(task) }),
  };
}
