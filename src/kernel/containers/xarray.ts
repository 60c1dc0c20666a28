import type { CType } from '../../debuginfo/type-source.js';
import { findMember, resolveType } from '../../debuginfo/type-walk.js';
import { Implausible, ShapeError } from '../gaps.js';
import type { Kernel } from '../kernel.js';

/** 64-bit indices with six bits a level need eleven levels, the topmost of which has this shift. */
const HIGHEST_SHIFT = 60;
const DEEPEST = 11;

interface Layout {
  /** Byte offsets within a node. */
  shift: bigint;
  slots: bigint;
  slotCount: number;
}

/**
 * The entries of a `struct xarray` (since 4.20) or `struct radix_tree_root` (before), ascending by index; value entries
 * and retry marks of the kernel's own are left as they are stored, internal ones are followed. IDRs lie in one.
 */
export function* xarrayEntries(kernel: Kernel, root: bigint, what: string): Generator<{ index: bigint; entry: bigint }> {
  const head = kernel.attempt(what, () => kernel.memory.u64(root + headOffset(kernel)));
  const layout = kernel.attempt(what, () => kernel.once('xarray layout', () => nodeLayout(kernel)));
  if (head === undefined || head === 0n || layout === undefined) return;
  // A node's shift is below its parent's: a tree whose nodes are shared or circular comes to its end.
  const pending: { entry: bigint; index: bigint; below: number }[] = [{ entry: head, index: 0n, below: HIGHEST_SHIFT + 1 }];
  for (let at = pending.pop(); at; at = pending.pop()) {
    kernel.guard.step();
    if (!isNode(at.entry)) {
      yield { index: at.index, entry: at.entry };
      continue;
    }
    const { entry, index, below } = at;
    const node = nodeAddress(entry);
    const children = kernel.attempt(what, () => {
      const shift = kernel.memory.u8(node + layout.shift);
      if (shift >= below) throw new Implausible(`a node with a shift of ${shift} where it must be below ${below}`, node);
      return slots(kernel, node + layout.slots, layout.slotCount).map((slot, i) => ({
        entry: slot, index: index + (BigInt(i) << BigInt(shift)), below: shift,
      }));
    });
    // Siblings (multi-index entries) repeat the canonical slot: bit pattern of a small internal entry.
    for (const child of (children ?? []).toReversed()) if (child.entry !== 0n && !isSibling(child.entry)) pending.push(child);
  }
}

/** The entry at one index, as xa_load() finds it; undefined where there is none. */
export function xarrayLoad(kernel: Kernel, root: bigint, index: bigint, what: string): bigint | undefined {
  return kernel.attempt(what, () => {
    const layout = kernel.once('xarray layout', () => nodeLayout(kernel));
    let entry = kernel.memory.u64(root + headOffset(kernel));
    for (let depth = 0; isNode(entry) && depth <= DEEPEST; depth++) {
      const node = nodeAddress(entry);
      const shift = BigInt(kernel.memory.u8(node + layout.shift) & 63);
      const slot = (index >> shift) & BigInt(layout.slotCount - 1);
      if (depth === 0 && index >> shift >= BigInt(layout.slotCount)) return undefined;
      entry = kernel.memory.u64(node + layout.slots + slot * 8n);
      if (isSibling(entry)) entry = kernel.memory.u64(node + layout.slots + (entry >> 2n) * 8n);
      if (shift === 0n) break;
    }
    return entry === 0n ? undefined : entry;
  });
}

function slots(kernel: Kernel, address: bigint, count: number): bigint[] {
  const bytes = kernel.memory.read(address, count * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: count }, (_, i) => view.getBigUint64(i * 8, true));
}

// xa_is_node(): internal (10 in the low bits) and above the reserved ones. Before 4.20 nodes had 01 there.
function isNode(entry: bigint): boolean {
  return ((entry & 3n) === 2n || ((entry & 3n) === 1n && entry >> 48n === 0xffffn)) && entry > 4096n;
}

function isSibling(entry: bigint): boolean {
  return (entry & 3n) === 2n && entry < 256n;
}

function nodeAddress(entry: bigint): bigint {
  return entry & ~3n;
}

function headOffset(kernel: Kernel): bigint {
  return BigInt(kernel.has('xarray', 'xa_head') ? kernel.offsetOf('xarray', 'xa_head') : kernel.offsetOf('radix_tree_root', 'rnode'));
}

function nodeLayout(kernel: Kernel): Layout {
  const name = kernel.has('xa_node', 'slots') ? 'xa_node' : 'radix_tree_node';
  const struct = kernel.types.struct(name, 'xas_load');
  const found = struct && findMember(struct, 'slots');
  const array: CType | undefined = found && resolveType(found.type);
  if (array?.kind !== 'array' || array.length < 16 || array.length > 64) throw new ShapeError(`\`struct ${name}\` has no usable member \`slots\` in this kernel`);
  return { shift: BigInt(kernel.offsetOf(name, 'shift')), slots: BigInt(kernel.offsetOf(name, 'slots')), slotCount: array.length };
}
