import type { Kernel } from 'oompm';
import type { Task } from 'oompm/linux';

import { taskRow, type TaskRow } from './columns.js';

export interface FamilyNode extends TaskRow {
  children: FamilyNode[];
}

/** No family is deeper; a broken dump's may be, and whoever draws it goes down by recursion. */
const DEEPEST = 64;

/**
 * The tasks under those that started them (`real_parent`). One whose parent is not among them, or can't be read, is a
 * root; so is one of a circle, or of a family deeper than any is.
 */
export function familyTree(kernel: Kernel, tasks: readonly Task[]): FamilyNode[] {
  const nodes = new Map<bigint, FamilyNode>(
    tasks.map((task) => [task.$address, { ...taskRow(kernel, task), children: [] }]),
  );
  const parents = new Map(tasks.map((task) => [task.$address, parentOf(kernel, task, nodes)]));
  const depths = new Map<bigint, number>();
  const roots: FamilyNode[] = [];
  for (const task of tasks) {
    const parent = parents.get(task.$address);
    const node = nodes.get(task.$address)!;
    if (parent === undefined || depthOf(task.$address, parents, depths) > DEEPEST) roots.push(node);
    else nodes.get(parent)!.children.push(node);
  }
  return roots;
}

/** A thread stands under its process, a process under the one that started it. */
function parentOf(kernel: Kernel, task: Task, nodes: ReadonlyMap<bigint, FamilyNode>): bigint | undefined {
  const leader = kernel.attempt('task_struct.group_leader', () => task.group_leader?.$address);
  if (leader !== undefined && leader !== task.$address && nodes.has(leader)) return leader;
  const parent = kernel.attempt('task_struct.real_parent', () => task.real_parent);
  if (!parent || parent.$address === task.$address) return undefined;
  if (nodes.has(parent.$address)) return parent.$address;
  // A thread that forked stands for its process, where threads are not shown.
  const process = kernel.attempt('task_struct.group_leader', () => parent.group_leader?.$address);
  return process !== undefined && process !== task.$address && nodes.has(process) ? process : undefined;
}

/** Infinity for a circle. */
function depthOf(start: bigint, parents: ReadonlyMap<bigint, bigint | undefined>, known: Map<bigint, number>): number {
  const path: bigint[] = [];
  const onPath = new Set<bigint>();
  let at: bigint | undefined = start;
  let depth = 0;
  while (at !== undefined) {
    const before = known.get(at);
    if (before !== undefined) {
      depth = before;
      break;
    }
    if (onPath.has(at)) {
      depth = Infinity;
      break;
    }
    path.push(at);
    onPath.add(at);
    at = parents.get(at);
  }
  for (const address of path.toReversed()) known.set(address, ++depth);
  return known.get(start)!;
}
