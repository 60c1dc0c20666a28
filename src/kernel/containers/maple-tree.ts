import { findMember, resolveType } from '../../debuginfo/type-walk.js';
import { Implausible, ShapeError } from '../gaps.js';
import type { Kernel } from '../kernel.js';

/** MAPLE_HEIGHT_MAX is 31. */
const DEEPEST = 32;
const MAX_INDEX = 0xffff_ffff_ffff_ffffn;

/** enum maple_type, from bit 3 of an encoded node pointer. Dense nodes (0) are in no kernel's trees yet. */
const LEAF_64 = 1;
const ARANGE_64 = 3;

interface NodeLayout {
  pivots: bigint;
  pivotCount: number;
  slots: bigint;
  slotCount: number;
}

/** What a range of indices holds; `last` is inclusive. */
export interface MapleEntry {
  first: bigint;
  last: bigint;
  entry: bigint;
}

/**
 * The entries of a `struct maple_tree` (since 6.1), ascending, as mt_for_each() visits them. VMAs and IRQs lie in one.
 */
export function* mapleEntries(kernel: Kernel, tree: bigint, what: string): Generator<MapleEntry> {
  const root = kernel.attempt(what, () => kernel.memory.u64(tree + BigInt(kernel.offsetOf('maple_tree', 'ma_root'))));
  if (root === undefined || root === 0n) return;
  if (!isNode(root)) {
    yield { first: 0n, last: 0n, entry: root };
    return;
  }
  const pending: { node: bigint; first: bigint; last: bigint; depth: number }[] = [
    { node: root, first: 0n, last: MAX_INDEX, depth: 0 },
  ];
  for (let at = pending.pop(); at; at = pending.pop()) {
    kernel.guard.step();
    if (at.depth > DEEPEST) return kernel.gap(what, `deeper than ${DEEPEST} levels`, at.node);
    const { node, first, last, depth } = at;
    const ranges = kernel.attempt(what, () => [...slotsOf(kernel, node, first, last)]);
    if (ranges === undefined) continue;
    if (nodeType(node) === LEAF_64) {
      for (const range of ranges) if (range.entry !== 0n) yield range;
      continue;
    }
    for (const child of ranges.toReversed()) {
      if (child.entry !== 0n)
        pending.push({ node: child.entry, first: child.first, last: child.last, depth: depth + 1 });
    }
  }
}

/** The used slots of a node with the range of each; mirrors mt_dump_range64(). */
function* slotsOf(kernel: Kernel, node: bigint, min: bigint, max: bigint): Generator<MapleEntry> {
  const type = nodeType(node);
  const address = node & ~0xffn;
  if (type < LEAF_64 || type > ARANGE_64) throw new Implausible(`a maple node of type ${type}`, address);
  const layout = kernel.once(`maple node ${type}`, () => nodeLayout(kernel, type));
  let first = min;
  for (let i = 0; i < layout.slotCount; i++) {
    const last = i < layout.pivotCount ? kernel.memory.u64(address + layout.pivots + BigInt(i * 8)) : max;
    if (last === 0n && i > 0) return;
    if (last < first || last > max) throw new Implausible('a maple node whose pivots are out of order', address);
    yield { first, last, entry: kernel.memory.u64(address + layout.slots + BigInt(i * 8)) };
    if (last === max) return;
    first = last + 1n;
  }
}

function nodeLayout(kernel: Kernel, type: number): NodeLayout {
  const name = type === ARANGE_64 ? 'maple_arange_64' : 'maple_range_64';
  const struct = kernel.types.struct(name, 'mas_walk');
  const length = (member: string): number => {
    const found = struct && findMember(struct, member);
    const array = found && resolveType(found.type);
    if (array?.kind !== 'array' || array.length > 256)
      throw new ShapeError(`\`struct ${name}\` has no usable member \`${member}\` in this kernel`);
    return array.length;
  };
  return {
    pivots: BigInt(kernel.offsetOf(name, 'pivot')),
    pivotCount: length('pivot'),
    slots: BigInt(kernel.offsetOf(name, 'slot')),
    slotCount: length('slot'),
  };
}

function isNode(entry: bigint): boolean {
  return (entry & 3n) === 2n && entry > 4096n;
}

function nodeType(node: bigint): number {
  return Number((node >> 3n) & 15n);
}
