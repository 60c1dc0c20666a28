import { defined, doorTo, graph, type GraphView } from 'oompm';
import { contextId, lockId, waitGraph, type ContendedLock, type QueuedWait } from 'oompm/locks';

/** Who waits for whom; of waiters that are not shown only those that others wait for. */
export function graphOf(locks: readonly ContendedLock[], shown: ReadonlySet<QueuedWait>): GraphView {
  const { nodes, edges, cycles } = waitGraph(locks);
  const inChain = new Set(edges.map(({ to }) => to));
  const shownWaiters = new Set([...shown].map(({ waiter }) => contextId(waiter)));
  const kept = (id: string): boolean => nodes.get(id)?.kind === 'lock' || inChain.has(id) || shownWaiters.has(id);
  return graph(
    'Who waits for whom',
    {
      nodes: [...nodes]
        .filter(([id]) => kept(id))
        .map(([id, { label, kind, context }]) => ({
          id,
          label,
          kind,
          ...defined({ door: context?.task && doorTo(context.task) }),
        })),
      edges: edges.filter(({ from }) => kept(from)).map(({ from, to, label }) => ({ from, to, label })),
      cycles: cycles.map(({ links }) => links.flatMap(({ wait, lock }) => [contextId(wait.waiter), lockId(lock)])),
    },
    { id: 'graph', headline: 'waits' },
  );
}
