import type { Holding } from './lock-kind.js';
import type { Certainty } from '../words/certainty.js';
import type { Context } from './contexts.js';
import type { ContendedLock, QueuedWait } from './lock-kind.js';
import { isHeld } from './lock-kind.js';

/** Who waits for what, and who has that. */
export interface WaitGraph {
  readonly nodes: ReadonlyMap<
    string,
    {
      readonly label: string;
      readonly kind: 'cpu' | 'task' | 'lock';
      readonly context?: Context;
      readonly lock?: ContendedLock;
    }
  >;
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    /** A context for a lock; or a lock of the context that has it. */
    readonly does: 'waits' | 'is held';
    readonly label: string;
  }[];
  /** Each a deadlock: waiter, lock, its holder, the lock that this one waits for, … */
  readonly cycles: readonly Cycle[];
}

/** A circle of waiters: each waits for a lock that the next one has; the last one's holder is the first. */
export interface Cycle {
  readonly links: readonly { readonly wait: QueuedWait; readonly lock: ContendedLock; readonly holding: Holding }[];
}

/** A task’s or CPU’s id in the graph. */
export function contextId({ task, cpu }: Context): string {
  return task ? `task ${task.$address.toString(16)}` : `cpu ${cpu ?? '?'}`;
}

/** A lock’s id in the graph. */
export function lockId({ lock }: ContendedLock): string {
  return `lock ${lock.kind.name} ${lock.address.toString(16)}`;
}

type Link = Cycle['links'][number];

/** Who waits for which lock and who holds it, as nodes and edges, with the cycles among them. */
export function waitGraph(locks: readonly ContendedLock[]): WaitGraph {
  const nodes = new Map<
    string,
    { label: string; kind: 'cpu' | 'task' | 'lock'; context?: Context; lock?: ContendedLock }
  >();
  const edges: { from: string; to: string; does: 'waits' | 'is held'; label: string }[] = [];
  const links = new Map<string, Link[]>();
  const add = (context: Context): string => {
    const id = contextId(context);
    nodes.set(id, { label: context.label, kind: context.cpu === undefined ? 'task' : 'cpu', context });
    return id;
  };
  for (const lock of locks) {
    const id = lockId(lock);
    nodes.set(id, { label: lock.lock.name.text, kind: 'lock', lock });
    for (const wait of lock.waits) {
      const waiter = add(wait.waiter);
      edges.push({
        from: waiter,
        to: id,
        does: 'waits',
        label: `${wait.spinning ? 'spins for' : 'sleeps for'}${wait.place === undefined ? '' : ` (${wait.place})`}`,
      });
      for (const holding of lock.holders) links.set(waiter, [...(links.get(waiter) ?? []), { wait, lock, holding }]);
    }
    for (const { holder, certainty } of lock.holders)
      edges.push({
        from: id,
        to: add(holder),
        does: 'is held',
        label: `${howSurely[certainty]}${isHeld(lock.lock) ? 'held' : 'held up'} by`,
      });
  }
  return { nodes, edges, cycles: cyclesIn(links) };
}

const howSurely: Readonly<Record<Certainty, string>> = { certain: '', likely: 'probably ', possible: 'possibly ' };

/** Depth first without recursion; a waiter on the path that is met again closes a circle. Each circle is told once. */
function cyclesIn(links: ReadonlyMap<string, readonly Link[]>): Cycle[] {
  const cycles: Cycle[] = [];
  const done = new Set<string>();
  for (const start of links.keys()) {
    const path: { id: string; next: number; link?: Link }[] = done.has(start) ? [] : [{ id: start, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1)!;
      const link = links.get(top.id)?.[top.next++];
      if (link === undefined) {
        done.add(top.id);
        path.pop();
        continue;
      }
      const to = contextId(link.holding.holder);
      const at = path.findIndex(({ id }) => id === to);
      if (at >= 0) cycles.push({ links: [...path.slice(at + 1).map((step) => step.link!), link] });
      else if (!done.has(to)) path.push({ id: to, next: 0, link });
    }
  }
  return cycles;
}
