import type { CType, StructType } from '../debuginfo/type-source.js';
import { declaration, resolveType, sizeOf } from '../debuginfo/type-walk.js';
import { isGapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { columns, gap, type TreeNodeOf } from './make-views.js';
import type { Cell, Door } from './views.js';

/** Structs nest some five deep; broken types without end. */
const deepest = 8;
const elementsShown = 64;
const nodesShown = 20_000;

export const objectColumns = columns([
  { key: 'member', title: 'MEMBER', type: 'text' },
  { key: 'offset', title: 'OFFSET', type: 'integer', dispensable: 1 },
  { key: 'value', title: 'VALUE', type: 'text' },
]);
type ObjectNode = TreeNodeOf<'member' | 'offset' | 'value'>;

/** The members of an object in the dump with their values, as its type declares them; a pointer is a door. */
export function objectTree(kernel: Kernel, type: StructType, address: bigint): ObjectNode[] {
  let left = nodesShown;
  const membersOf = (struct: StructType, base: bigint, offset: number, depth: number): ObjectNode[] =>
    struct.members.flatMap((member) => {
      if (left-- <= 0) return [];
      const bits = member.bitOffset;
      const at = offset + Math.floor(bits / 8);
      const inner = member.type();
      const label = member.bitSize > 0 ? `${declaration(inner, member.name)}:${member.bitSize}` : declaration(inner, member.name);
      if (member.bitSize > 0) return [leaf(label, at, bitField(kernel, base + BigInt(at - offset), bits % 8, member.bitSize))];
      return [node(inner, label, base + BigInt(at - offset), at, depth)];
    });
  const node = (given: CType, label: string, at: bigint, offset: number, depth: number): ObjectNode => {
    const inner = resolveType(given);
    if ((inner.kind === 'struct' || inner.kind === 'union') && depth < deepest) {
      return { cells: { member: label, offset, value: null }, door: { type: tagOf(inner), address: at }, children: membersOf(inner, at, offset, depth + 1) };
    }
    if (inner.kind === 'array' && !isText(inner.element()) && depth < deepest) {
      const size = sizeOf(inner.element()) ?? 0;
      const shown = size === 0 ? 0 : Math.min(inner.length, elementsShown, Math.max(0, left));
      left -= shown;
      const children = Array.from({ length: shown }, (_, index) =>
        node(inner.element(), `[${index}]`, at + BigInt(index * size), offset + index * size, depth + 1));
      const more = inner.length > shown ? `${inner.length - shown} more elements` : null;
      return { cells: { member: label, offset, value: more }, children };
    }
    const { value, door } = scalar(kernel, inner, at);
    return { ...leaf(label, offset, value), ...(door === undefined ? {} : { door }) };
  };
  return membersOf(type, address, 0, 0);
}

function leaf(member: string, offset: number, value: Cell): ObjectNode {
  return { cells: { member, offset, value }, children: [] };
}

/** A value that is no struct: number, enumerator, pointer with the symbol it points to, text. */
export function scalar(kernel: Kernel, type: CType, at: bigint): { value: Cell; door?: Door } {
  try {
    const inner = resolveType(type);
    switch (inner.kind) {
      case 'int': return { value: inner.bool ? kernel.memory.u8(at) !== 0 : integerText(kernel, at, inner.size, inner.signed) };
      case 'enum': {
        const number = integer(kernel, at, inner.size, inner.signed);
        const name = [...inner.values].find(([, value]) => value === number)?.[0];
        return { value: name === undefined ? number.toString() : `${name} (${number})` };
      }
      case 'pointer': {
        const pointer = kernel.memory.u64(at);
        const target = resolveType(inner.target());
        const door = pointer !== 0n && (target.kind === 'struct' || target.kind === 'union') && target.name !== '' ? { door: { type: tagOf(target), address: pointer } } : {};
        return { value: pointer === 0n ? 'NULL' : `0x${pointer.toString(16)}${symbolAt(kernel, pointer)}`, ...door };
      }
      case 'array': return { value: JSON.stringify(kernel.memory.cString(at, Math.min(inner.length, 4096))) };
      default: return { value: null };
    }
  } catch (error) {
    if (!isGapError(error)) throw error;
    return { value: gap('value', error.message, at) };
  }
}

/** " <jiffies+8>", where the address lies in a symbol. */
function symbolAt(kernel: Kernel, address: bigint): string {
  const found = kernel.symbols.at(address);
  if (found === undefined) return '';
  return ` <${found.symbol.name}${found.offset === 0 ? '' : `+0x${found.offset.toString(16)}`}>`;
}

function bitField(kernel: Kernel, at: bigint, shift: number, width: number): Cell {
  try {
    let bits = 0n;
    for (const [index, byte] of kernel.memory.read(at, Math.ceil((shift + width) / 8)).entries()) bits |= BigInt(byte) << BigInt(8 * index);
    return ((bits >> BigInt(shift)) & ((1n << BigInt(width)) - 1n)).toString();
  } catch (error) {
    if (!isGapError(error)) throw error;
    return gap('bit field', error.message, at);
  }
}

function integerText(kernel: Kernel, at: bigint, size: number, signed: boolean): string {
  const value = integer(kernel, at, size, signed);
  // A number of this size is more likely an address or a mask than a count.
  return value > 0xffff_ffffn ? `${value} (0x${value.toString(16)})` : value.toString();
}

function integer(kernel: Kernel, at: bigint, size: number, signed: boolean): bigint {
  const bytes = kernel.memory.read(at, Math.min(size, 16));
  let value = 0n;
  for (const [index, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * index);
  return signed ? BigInt.asIntN(8 * bytes.length, value) : value;
}

function isText(type: CType): boolean {
  const inner = resolveType(type);
  return inner.kind === 'int' && inner.size === 1 && (inner.char || inner.name === 'char');
}

function tagOf({ kind, name }: StructType): string {
  return name === '' ? kind : `${kind} ${name}`;
}
