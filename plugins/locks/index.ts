import { defined, definePlugin, findings, stacks, table } from 'oompm';
import { contendedLocks, lockFindings } from 'oompm/locks';

import { lockColumns, lockRow } from './lock-table.js';
import { ownerStacks } from './owner-stacks.js';
import { shownWaits, waiterColumns, waiterRow } from './waiter-table.js';
import { graphOf } from './wait-graph.js';

export default definePlugin({
  id: 'locks',
  summary: 'Who waits for which lock, since when, who holds it, and deadlocks',
  needs: ['task_struct'],
  flags: {
    brief: { type: 'boolean', char: 'b', summary: 'without the stacks of lock holders' },
    limit: { type: 'integer', char: 'n', min: 1, summary: 'at most N waiters of each lock, the next to get it first' },
  },
  // There the stacks of CPUs and of tasks in uninterruptible sleep are told anyway.
  inReport: { brief: true, limit: 20 },
  examples: ['vmcore', 'vmcore --brief', 'vmcore --format json'],
  *run(kernel, { brief, limit }) {
    const locks = contendedLocks(kernel);
    yield findings(
      'Locks',
      lockFindings(kernel).map((finding) => ({ ...finding, views: ['locks', 'waiters'] })),
      { id: 'findings' },
    );
    const none = locks.length === 0 ? 'No CPU spins for a lock, and no task sleeps for one.' : undefined;
    yield table('Contended locks', lockColumns, locks.map(lockRow), {
      id: 'locks',
      ...defined({ note: none }),
    });
    if (locks.length === 0) return;
    const { waits, note } = shownWaits(locks, limit ?? Infinity);
    yield table(
      'Waiters',
      waiterColumns,
      waits.map(({ lock, wait }) => waiterRow(kernel, lock, wait)),
      { id: 'waiters', ...defined({ note }) },
    );
    yield graphOf(locks, new Set(waits.map(({ wait }) => wait)));
    if (!brief && locks.some(({ holders }) => holders.length > 0))
      yield stacks('Stacks of lock holders', ownerStacks(kernel, locks), { id: 'owners' });
  },
});
