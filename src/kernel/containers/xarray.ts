import type { CType } from '../../debuginfo/type-source.js';
import { findMember, resolveType } from '../../debuginfo/type-walk.js';
import { Implausible, ShapeError } from '../gaps.js';
import type { Kernel } from '../kernel.js';
import type { MemberName } from '../shape.js';

/** 64-bit indices with six bits a level need eleven levels, the topmost of which has this shift. */
const HIGHEST_SHIFT = 60;
/** What is above a root. */
const NO_PARENT = { node: 0n, shift: HIGHEST_SHIFT + 1 };

interface Layout {
  /** Offset of the topmost entry in the root. */
  head: bigint;
  /** The low bits of an entry that leads to a node: 10, and 01 before 4.20. */
  nodeTag: bigint;
  /** Byte offsets within a node. */
  shift: bigint;
  offset: bigint;
  parent: bigint;
  slots: bigint;
  slotCount: number;
}

interface Node {
  node: bigint;
  shift: number;
}

/**
 * The entries of a `struct xarray` (since 4.20) or `struct radix_tree_root` (before), ascending by index; value entries
 * and retry marks of the kernel's own are left as they are stored, internal ones are followed. IDRs lie in one.
 * A node is followed where it names its parent and its slot there: so none comes twice, and the others are gaps.
 */
export function* xarrayEntries(
  kernel: Kernel,
  root: bigint,
  what: string,
): Generator<{ index: bigint; entry: bigint }> {
  const layout = kernel.attempt(what, () => layoutOf(kernel));
  if (layout === undefined) return;
  const head = kernel.attempt(what, () => kernel.memory.u64(root + layout.head));
  if (head === undefined || head === 0n) return;
  const pending: { entry: bigint; index: bigint; slot: number; above: Node }[] = [
    { entry: head, index: 0n, slot: 0, above: NO_PARENT },
  ];
  for (let at = pending.pop(); at; at = pending.pop()) {
    kernel.guard.step();
    const { entry, index, slot, above } = at;
    if (!isNode(layout, entry)) {
      yield { index, entry };
      continue;
    }
    kernel.attempt(what, () => {
      const inner = enterNode(kernel, layout, entry, above, slot);
      const entries = slotsOf(kernel, layout, inner.node);
      for (let i = layout.slotCount - 1; i >= 0; i--) {
        const child = entries[i]!;
        if (child === 0n) continue;
        // Siblings stand for the further indices of an entry, which is told at its first.
        const sibling = siblingOf(layout, child, inner.node);
        if (sibling !== undefined) {
          if (!isFirst(layout, entries[sibling]!, inner.node) || sibling >= i)
            kernel.gap(what, `slot ${i} says that slot ${sibling} has its entry, and that has none`, inner.node);
          continue;
        }
        pending.push({ entry: child, index: index + (BigInt(i) << BigInt(inner.shift)), slot: i, above: inner });
      }
    });
  }
}

/** The entry at one index, as xa_load() finds it; undefined where there is none. */
export function xarrayLoad(kernel: Kernel, root: bigint, index: bigint, what: string): bigint | undefined {
  return kernel.attempt(what, () => {
    const layout = layoutOf(kernel);
    let entry = kernel.memory.u64(root + layout.head);
    if (!isNode(layout, entry)) return index === 0n && entry !== 0n ? entry : undefined;
    let above: Node = NO_PARENT;
    for (let slot = 0; isNode(layout, entry);) {
      const inner = enterNode(kernel, layout, entry, above, slot);
      const beyond = index >> BigInt(inner.shift);
      if (above === NO_PARENT && beyond >= BigInt(layout.slotCount)) return undefined;
      slot = Number(beyond & BigInt(layout.slotCount - 1));
      entry = kernel.memory.u64(inner.node + layout.slots + BigInt(slot * 8));
      const sibling = siblingOf(layout, entry, inner.node);
      if (sibling !== undefined) {
        const said = slot;
        slot = sibling;
        entry = kernel.memory.u64(inner.node + layout.slots + BigInt(slot * 8));
        if (!isFirst(layout, entry, inner.node) || sibling >= said)
          throw new Implausible(`slot ${said} says that slot ${slot} has its entry, and that has none`, inner.node);
      }
      above = inner;
    }
    return entry === 0n ? undefined : entry;
  });
}

/**
 * @throws Implausible where the node is not its parent's, or not below it: a tree has no circles and no shared nodes
 */
function enterNode(kernel: Kernel, layout: Layout, entry: bigint, above: Node, slot: number): Node {
  const node = entry & ~3n;
  const shift = kernel.memory.u8(node + layout.shift);
  if (shift >= above.shift)
    throw new Implausible(`a node with a shift of ${shift} where it must be below ${above.shift}`, node);
  const parent = kernel.memory.u64(node + layout.parent);
  const offset = kernel.memory.u8(node + layout.offset);
  if (parent !== above.node || (above !== NO_PARENT && offset !== slot)) {
    throw new Implausible(
      `a node that says it is in slot ${offset} of 0x${parent.toString(16)}, not in slot ${slot} of 0x${above.node.toString(16)}`,
      node,
    );
  }
  return { node, shift };
}

function slotsOf(kernel: Kernel, layout: Layout, node: bigint): bigint[] {
  const bytes = kernel.memory.read(node + layout.slots, layout.slotCount * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: layout.slotCount }, (_, i) => view.getBigUint64(i * 8, true));
}

// xa_is_node(), radix_tree_is_internal_node(): below are numbers that mark siblings, retries and the like.
function isNode({ nodeTag }: Layout, entry: bigint): boolean {
  return (entry & 3n) === nodeTag && entry > 4096n;
}

/**
 * xa_is_sibling(): the slot that has the entry; undefined for all else. Before 4.20 siblings were pointers into the
 * node itself.
 */
function siblingOf({ nodeTag, slots, slotCount }: Layout, entry: bigint, node: bigint): number | undefined {
  if ((entry & 3n) !== nodeTag) return undefined;
  const slot = nodeTag === 2n ? entry >> 2n : ((entry & ~3n) - node - slots) / 8n;
  return slot >= 0n && slot < BigInt(slotCount) && (nodeTag === 2n || entry > node) ? Number(slot) : undefined;
}

/** Whether it is what siblings may stand for: neither nothing nor a sibling itself. */
function isFirst(layout: Layout, entry: bigint, node: bigint): boolean {
  return entry !== 0n && siblingOf(layout, entry, node) === undefined;
}

function layoutOf(kernel: Kernel): Layout {
  return kernel.once('xarray layout', () => {
    const isXarray = kernel.has('xarray', 'xa_head');
    const name = kernel.has('xa_node', 'slots') ? 'xa_node' : 'radix_tree_node';
    const struct = kernel.types.struct(name, 'xas_load');
    const found = struct && findMember(struct, 'slots');
    const array: CType | undefined = found && resolveType(found.type);
    if (array?.kind !== 'array' || array.length < 16 || array.length > 64)
      throw new ShapeError(`\`struct ${name}\` has no usable member \`slots\` in this kernel`);
    const offset = (member: MemberName<typeof name>): bigint => BigInt(kernel.offsetOf(name, member));
    return {
      head: BigInt(isXarray ? kernel.offsetOf('xarray', 'xa_head') : kernel.offsetOf('radix_tree_root', 'rnode')),
      nodeTag: isXarray ? 2n : 1n,
      shift: offset('shift'),
      offset: offset('offset'),
      parent: offset('parent'),
      slots: offset('slots'),
      slotCount: array.length,
    };
  });
}
