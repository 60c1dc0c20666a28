import type { Kernel } from '../../kernel/kernel.js';
import { wordAt } from '../../kernel/word-at.js';
import { Kept } from '../../kernel/kept.js';
import type { MemberName, MemberPath, StructName } from '../../kernel/shape.js';
import { inArea } from '../../arch/stack/stack-area.js';
import { taskStack } from '../../stack/areas.js';
import type { LockKind, WaiterForm } from '../lock-kind.js';
import { tasksByAddress } from '../state/lock-state.js';

/** Where the struct has the task and its link. */
interface WaiterMembers<S extends StructName> {
  readonly struct: S;
  readonly task: MemberName<S>;
  readonly node: MemberName<S>;
}

/** As far as this kernel has the struct. @param head path in `lock` of the list's head */
export function waiterForm<S extends StructName, L extends StructName>(
  kernel: Kernel,
  { struct, task, node }: WaiterMembers<S>,
  lock?: L,
  head?: MemberPath<L>,
): WaiterForm | undefined {
  if (!kernel.has(struct, task) || !kernel.has(struct, node)) return undefined;
  const form = { struct, task: kernel.offsetOf(struct, task), node: kernel.offsetOf(struct, node) };
  return lock !== undefined && head !== undefined && kernel.hasNamed(lock, head.split('.')[0])
    ? { ...form, head: kernel.offsetOf(lock, head) }
    : form;
}

/** The form of a kind's waiters. */
export function formOf(kernel: Kernel, kind: LockKind): WaiterForm | undefined {
  return kernel.once(`form of waiters for a ${kind.name}`, () => kind.waiter?.(kernel));
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
  if (!closed)
    kernel.gap(
      `list of a ${form.struct}`,
      at === undefined ? `broken after ${nodes.length} links` : 'has a cycle that does not include where it began',
      node,
    );
  const heads = nodes.filter((link) => !isWaiter(kernel, link, form));
  const [head] = heads;
  return {
    nodes,
    heads,
    closed,
    ...(head !== undefined && heads.length === 1 ? { ring: { waiters: turned(nodes, head).slice(1), head } } : {}),
  };
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
