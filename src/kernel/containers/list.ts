import type { Kernel } from '../kernel.js';
import { readOr } from '../read-or.js';
import type { MemberPath, Ref, RefBase, Shape, StructName } from '../shape.js';

/** A list longer than this is broken: a machine with 4 Mi threads or slabs on one list has not been seen. */
const LONGEST = 1 << 26;

/**
 * The objects on a `struct list_head`, as list_for_each_entry() visits them. A broken link, a circle that misses the
 * head, or a page that is not in the dump ends the walk with a gap.
 */
export function* list<S extends Shape | StructName>(
  kernel: Kernel,
  head: RefBase | bigint,
  shape: S,
  member: MemberPath<S>,
): Generator<Ref<S>> {
  const struct = typeof shape === 'string' ? shape : shape.struct;
  const what = `list of ${struct}.${member}`;
  // A struct that does not bind is a gap like any other: nobody expects a walk to throw.
  const offset = kernel.attempt(what, () => {
    kernel.bind(shape);
    return BigInt(kernel.offsetOf(shape, member));
  });
  if (offset === undefined) return;
  for (const node of listNodes(kernel, head, what)) yield kernel.ref(shape, node - offset);
}

/**
 * The addresses of the `struct list_head`s on a list: the object is `kernel.containerOf(shape, node, 'tasks')`, or what
 * `kernel.list` gives at once. 'prev' goes backwards. A broken link, or a cycle, ends the walk with a gap named `what`;
 * so does a link into another list, which is told by the neighbour there that leads back elsewhere. One that leads past
 * elements of the same list is a gap too, and what comes after them is there.
 */
export function* listNodes(
  kernel: Kernel,
  head: RefBase | bigint,
  what: string,
  direction: 'next' | 'prev' = 'next',
): Generator<bigint> {
  const start = typeof head === 'bigint' ? head : head.$address;
  const [on, back] = direction === 'next' ? ([0n, 8n] as const) : ([8n, 0n] as const);
  let isTold = false;
  const next = (node: bigint): bigint | undefined => {
    const to = kernel.attempt(what, () => kernel.memory.u64(node + on));
    if (to === undefined || to === 0n || isTold) return to;
    const ledBack = wordAt(kernel, to + back);
    if (ledBack === undefined || ledBack === node) return to;
    isTold = true;
    // Where the one that it leads back to agrees, the link before it is the wrong one; else its own may be.
    const isAstray =
      wordAt(kernel, ledBack + on) === to ? !leadsTo(kernel, to, start, on) : !isKnownAhead(kernel, to, on, back);
    kernel.gap(
      what,
      `its links disagree: 0x${node.toString(16)} leads to 0x${to.toString(16)}, which leads back to ` +
        `0x${ledBack.toString(16)}${isAstray ? ': it is not the next of this list' : ''}`,
      to,
    );
    return isAstray ? undefined : to;
  };
  yield* chain(kernel, what, next(start), next, (node) => node === start);
}

function wordAt(kernel: Kernel, address: bigint): bigint | undefined {
  return readOr(
    () => kernel.memory.u64(address),
    () => undefined,
  );
}

/** Whether the next element leads back to a node. */
function isKnownAhead(kernel: Kernel, node: bigint, on: bigint, back: bigint): boolean {
  const ahead = wordAt(kernel, node + on);
  return ahead !== undefined && wordAt(kernel, ahead + back) === node;
}

/** Whether links lead from a node to the head at last. */
function leadsTo(kernel: Kernel, from: bigint, head: bigint, on: bigint): boolean {
  let landmark = 0n;
  let landmarkAt = 1;
  let node: bigint | undefined = from;
  for (let count = 1; node !== undefined && node !== 0n && node !== landmark && count <= LONGEST; count++) {
    if (node === head) return true;
    kernel.guard.step();
    if (count === landmarkAt) {
      landmark = node;
      landmarkAt *= 2;
    }
    node = wordAt(kernel, node + on);
  }
  return false;
}

/**
 * The addresses of the `struct hlist_node`s of a `struct hlist_head`, one bucket of a hash table: the first pointer,
 * then NULL-terminated `next`. Broken, it ends with a gap named `what`.
 */
export function* hlistNodes(kernel: Kernel, head: bigint, what: string): Generator<bigint> {
  const next = (node: bigint): bigint | undefined => kernel.attempt(what, () => kernel.memory.u64(node));
  yield* chain(kernel, what, next(head), next, (node) => node === 0n);
}

/**
 * The addresses of the `struct llist_node`s of a `struct llist_head`, newest first: same layout as an hlist's forward
 * links.
 */
export const llistNodes = hlistNodes;

/** The same of a `struct hlist_nulls_head`, as of the tables of sockets: such a chain ends with an odd pointer. */
export function* hlistNullsNodes(kernel: Kernel, head: bigint, what: string): Generator<bigint> {
  const next = (node: bigint): bigint | undefined => kernel.attempt(what, () => kernel.memory.u64(node));
  yield* chain(kernel, what, next(head), next, (node) => (node & 1n) === 1n);
}

/** Follows `next` until `ends`; guarded against circles (Brent's method), NULL and endless chains. */
function* chain(
  kernel: Kernel,
  what: string,
  first: bigint | undefined,
  next: (node: bigint) => bigint | undefined,
  ends: (node: bigint) => boolean,
): Generator<bigint> {
  let landmark = 0n;
  let landmarkAt = 1;
  let count = 0;
  for (let node = first; node !== undefined && !ends(node); node = next(node)) {
    kernel.guard.step();
    if (node === 0n) return kernel.gap(what, `broken after ${count} elements: a NULL link`);
    if (node === landmark)
      return kernel.gap(what, `has a cycle that does not include its head, after ${count} elements`, node);
    if (++count > LONGEST) return kernel.gap(what, `longer than ${LONGEST} elements`);
    if (count === landmarkAt) {
      landmark = node;
      landmarkAt *= 2;
    }
    yield node;
  }
}
