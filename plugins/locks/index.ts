import { definePlugin, findings, graph, stacks, table } from 'oompm';
import { contendedLocks, contextId, lockFindings, lockId, waitGraph } from 'oompm/locks';

import { lockColumns, lockRow } from './lock-table.js';
import { ownerStacks } from './owner-stacks.js';
import { waiterColumns, waiterRows } from './waiter-table.js';

export default definePlugin({
  id: 'locks',
  summary: 'Locks: who waits for what, since when, who has it, and deadlocks',
  needs: ['task_struct'],
  flags: {
    brief: { type: 'boolean', char: 'b', summary: 'without the stacks of those who have a lock' },
  },
  // There the stacks of CPUs and of tasks in uninterruptible sleep are told anyway.
  inReport: { brief: true },
  examples: ['vmcore', 'vmcore --brief', 'vmcore --format json'],
  *run(kernel, { brief }) {
    const locks = contendedLocks(kernel);
    yield findings('Locks', lockFindings(kernel), { id: 'findings' });
    const note = locks.length === 0 ? 'No CPU spins for a lock, and no task sleeps for one.' : undefined;
    yield table('Locks that are waited for', lockColumns, locks.map(lockRow), { id: 'locks', ...(note === undefined ? {} : { note }) });
    if (locks.length === 0) return;
    yield table('Waiters', waiterColumns, locks.flatMap((lock) => waiterRows(kernel, lock)), { id: 'waiters' });
    const { nodes, edges, cycles } = waitGraph(locks);
    yield graph('Who waits for whom', {
      nodes: [...nodes].map(([id, { label, kind, context }]) => ({ id, label, kind, ...(context?.task ? { door: { type: 'struct task_struct', address: context.task.$address } } : {}) })),
      edges,
      cycles: cycles.map(({ links }) => links.flatMap(({ wait, lock }) => [contextId(wait.waiter), lockId(lock)])),
    }, { id: 'graph' });
    if (!brief && locks.some(({ holders }) => holders.length > 0)) yield stacks('What those do who have a lock', ownerStacks(kernel, locks), { id: 'owners' });
  },
});
