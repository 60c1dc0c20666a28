import type { Kernel } from '../kernel.js';

/** A red-black tree of 2^64 nodes is no deeper than this. */
const DEEPEST = 128;

/**
 * The addresses of a tree's `struct rb_node`s in order, from a `struct rb_root` (or `rb_root_cached`, which begins with
 * one), as rb_first() and rb_next() visit them. A tree that is too deep or circular ends with a gap.
 */
export function* rbtreeNodes(kernel: Kernel, root: bigint, what: string): Generator<bigint> {
  const left = BigInt(kernel.offsetOf('rb_node', 'rb_left'));
  const right = BigInt(kernel.offsetOf('rb_node', 'rb_right'));
  const follow = (address: bigint): bigint => kernel.attempt(what, () => kernel.memory.u64(address)) ?? 0n;
  const path: bigint[] = [];
  let node = follow(root);
  while (node !== 0n || path.length > 0) {
    for (; node !== 0n; node = follow(node + left)) {
      kernel.guard.step();
      if (path.length >= DEEPEST) return kernel.gap(what, `deeper than ${DEEPEST} levels: not a tree`, node);
      path.push(node);
    }
    const next = path.pop();
    if (next === undefined) return;
    yield next;
    node = follow(next + right);
    // Right links that lead in a circle keep the path short: the walk must not come back to where it was.
    if (node === next) return kernel.gap(what, 'a node that is its own child', node);
  }
}
