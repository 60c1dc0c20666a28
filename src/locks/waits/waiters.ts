import type { Kernel } from '../../kernel/kernel.js';
import { wordAt } from '../../kernel/word-at.js';
import { Kept } from '../../kernel/kept.js';
import type { MemberName, MemberPath, StructName } from '../../kernel/shape.js';
import { taskStack, inArea } from '../../stack/areas.js';
import { tasksByAddress } from '../state/lock-state.js';

/** How a kind of waiter is laid out: the struct that stands on a waiting task's stack. */
export interface WaiterForm {
  readonly struct: string;
  /** Offset of the pointer to the task. */
  readonly task: number;
  /** Offset of the list_head that links it. */
  readonly node: number;
  /** Offset of the list's head in the lock; undefined where the list has none. */
  readonly head?: number;
}

export type WaiterKind = 'mutex' | 'rwsem' | 'semaphore' | 'completion' | 'percpu-rwsem' | 'wait queue';

/** As far as this kernel has the structs. */
export function waiterForms(kernel: Kernel): Readonly<Partial<Record<WaiterKind, WaiterForm>>> {
  return kernel.once('forms of waiters', () => {
    const made: Partial<Record<WaiterKind, WaiterForm>> = {};
    const add = <W extends StructName, L extends StructName>(kind: WaiterKind, struct: W, task: MemberName<W>, node: MemberName<W>, lock: L, head: MemberPath<L>): void => {
      if (!kernel.has(struct, task) || !kernel.has(struct, node)) return;
      const [member = head] = head.split('.');
      const offset = kernel.hasNamed(lock, member) ? { head: kernel.offsetOf(lock, head) } : {};
      made[kind] = { struct, task: kernel.offsetOf(struct, task), node: kernel.offsetOf(struct, node), ...offset };
    };
    add('mutex', 'mutex_waiter', 'task', 'list', 'mutex', 'wait_list');
    add('rwsem', 'rwsem_waiter', 'task', 'list', 'rw_semaphore', 'wait_list');
    add('semaphore', 'semaphore_waiter', 'task', 'list', 'semaphore', 'wait_list');
    // Since 5.7 (a5c6234e1028) a completion's waiters are on a simple wait queue.
    if (kernel.has('completion') && kernel.has('swait_queue')) add('completion', 'swait_queue', 'task', 'task_list', 'completion', 'wait.task_list');
    add('percpu-rwsem', 'wait_queue_entry', 'private', 'entry', 'percpu_rw_semaphore', 'waiters.head');
    add('wait queue', 'wait_queue_entry', 'private', 'entry', 'wait_queue_head', 'head');
    return made;
  });
}

/** The links of a list of waiters. */
export interface Ring {
  /** Nodes of waiters, in the order of the list: from its head, else from the node that was asked for. */
  readonly waiters: readonly bigint[];
  /** The list's head: the one link that no waiting task has on its stack. */
  readonly head?: bigint;
}

/** Waiters of one lock: more than there can be tasks is a broken list. */
const MOST_WAITERS = 1 << 22;

/** A list's links in their order, from any of them. */
interface Circle {
  readonly nodes: readonly bigint[];
  /** Whether it came back to where it began. */
  readonly closed: boolean;
  /** Of which there should be one. */
  readonly heads: readonly bigint[];
  /** From its one head, which is the same for all that ask. */
  readonly ring?: Ring;
}

/** Goes round a list from one of its waiters. A broken list ends with a gap, and with what was found up to there. */
export function ringOf(kernel: Kernel, node: bigint, form: WaiterForm): Ring {
  const { nodes, heads, ring } = circleOf(kernel, node, form);
  return ring ?? { waiters: turned(nodes, node).filter((link) => !heads.includes(link)) };
}

function turned(nodes: readonly bigint[], first: bigint): readonly bigint[] {
  const from = nodes.indexOf(first);
  return [...nodes.slice(from), ...nodes.slice(0, from)];
}

/** A list is walked once, whichever of its waiters is asked about. */
function circleOf(kernel: Kernel, node: bigint, form: WaiterForm): Circle {
  const known = kernel.once(`lists of ${form.struct}`, () => new Kept<bigint>(kernel));
  const circle = known.get(node, () => walk(kernel, node, form));
  if (circle.closed) known.share(node, circle.nodes);
  return circle;
}

function walk(kernel: Kernel, node: bigint, form: WaiterForm): Circle {
  const seen = new Set<bigint>();
  let at: bigint | undefined = node;
  while (at !== undefined && !seen.has(at) && seen.size < MOST_WAITERS) {
    kernel.guard.step();
    seen.add(at);
    at = wordAt(kernel, at);
  }
  const nodes = [...seen];
  const closed = at === node;
  if (!closed) kernel.gap(`list of a ${form.struct}`, at === undefined ? `broken after ${nodes.length} links` : 'has a cycle that does not include where it began', node);
  const heads = nodes.filter((link) => !isWaiter(kernel, link, form));
  const [head] = heads;
  return { nodes, heads, closed, ...(head !== undefined && heads.length === 1 ? { ring: { waiters: turned(nodes, head).slice(1), head } } : {}) };
}

/** The task of a waiter: the struct names it, and stands on its stack. */
export function taskOfWaiter(kernel: Kernel, node: bigint, form: WaiterForm): bigint | undefined {
  const address = wordAt(kernel, node - BigInt(form.node) + BigInt(form.task));
  const task = address === undefined ? undefined : tasksByAddress(kernel).get(address);
  if (task === undefined) return undefined;
  const area = kernel.peek('task_struct.stack', () => taskStack(kernel, task));
  return area && inArea(area, node) ? address : undefined;
}

function isWaiter(kernel: Kernel, node: bigint, form: WaiterForm): boolean {
  return taskOfWaiter(kernel, node, form) !== undefined;
}
