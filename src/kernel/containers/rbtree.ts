import { Implausible } from '../gaps.js';
import type { Kernel } from '../kernel.js';

/** A red-black tree of 2^64 nodes is no deeper than this. */
const DEEPEST = 128;
/** The low bits of `__rb_parent_color` are the colour. */
const COLOUR = 3n;

/**
 * The addresses of a red-black tree's `struct rb_node`s in order, from a `struct rb_root` (or `rb_root_cached`, which
 * begins with one), as rb_first() and rb_next() visit them. A link is followed where the child names its parent, by
 * which rb_next() finds its way back: so no node comes twice, whatever the links say, and the others are gaps.
 */
export function* rbtreeNodes(kernel: Kernel, root: bigint, what: string): Generator<bigint> {
  const offsets = kernel.attempt(what, () => ({
    left: BigInt(kernel.offsetOf('rb_node', 'rb_left')),
    right: BigInt(kernel.offsetOf('rb_node', 'rb_right')),
    parent: BigInt(kernel.offsetOf('rb_node', '__rb_parent_color')),
  }));
  if (!offsets) return;
  const { left, right, parent } = offsets;
  /** The node that a link leads to, 0 for none; `sibling` is what the parent's other link leads to. */
  const follow = (link: bigint, from: bigint, sibling = 0n): bigint =>
    kernel.attempt(what, () => {
      const node = kernel.memory.u64(link);
      if (node === 0n) return node;
      const named = kernel.memory.u64(node + parent) & ~COLOUR;
      if (named !== from || node === sibling)
        throw new Implausible(`a node that is not the child of 0x${from.toString(16)} alone`, node);
      return node;
    }) ?? 0n;

  const path: { node: bigint; child: bigint }[] = [];
  let node = follow(root, 0n);
  while (node !== 0n || path.length > 0) {
    while (node !== 0n) {
      kernel.guard.step();
      if (path.length >= DEEPEST) return kernel.gap(what, `deeper than ${DEEPEST} levels: not a tree`, node);
      const child = follow(node + left, node);
      path.push({ node, child });
      node = child;
    }
    const next = path.pop();
    if (next === undefined) return;
    yield next.node;
    node = follow(next.node + right, next.node, next.child);
  }
}
