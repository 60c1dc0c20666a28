import type { CType, StructType } from '../debuginfo/type-source.js';
import { findMember, resolveType, typeName } from '../debuginfo/type-walk.js';
import type { GapError } from '../kernel/gaps.js';
import type { Gap } from '../words/gap.js';
import type { Kernel } from '../kernel/kernel.js';
import { readOr } from '../kernel/read-or.js';
import type { Place } from './place.js';
import { symbolInWords } from './symbol-at.js';

const longestText = 4096;
/** What a pointer to text is shown with. */
const longestHint = 120;

/**
 * A value that is no struct: number, enumerator, text, pointer with what it leads to. What is declared as flags is told
 * in hexadecimal too. A read that fails is a gap.
 */
export function readScalar(kernel: Kernel, type: CType, at: bigint, declared = ''): Scalar {
  return readOr(
    () => scalarAt(kernel, resolveType(type), at, isFlags.test(declared)),
    (error) => ({ value: gapAt('value', error, at) }),
  );
}

interface Scalar {
  value: string | boolean | null | Gap;
  place?: Place;
}

/** "unsigned int flags", "gfp_t allocflags", "vm_flags_t def": each bit has its own meaning. */
const isFlags = /(?:flags|mask)$|^(?:const )?(?:gfp_t|fmode_t|\w*flags_t) /;

function scalarAt(kernel: Kernel, type: CType, at: bigint, asFlags: boolean): Scalar {
  switch (type.kind) {
    case 'int':
      return {
        value: type.bool
          ? kernel.memory.u8(at) !== 0
          : integerInWords(readInteger(kernel, at, type.size, type.signed), asFlags ? type.size * 8 : undefined),
      };
    case 'enum':
      return { value: enumeratorInWords(type.values, readInteger(kernel, at, type.size, type.signed)) };
    case 'pointer':
      return pointerInWords(kernel, type.target(), kernel.memory.u64(at));
    case 'array':
      return { value: JSON.stringify(kernel.memory.cString(at, Math.min(type.length, longestText))) };
    default:
      return { value: null };
  }
}

export function readBitField(kernel: Kernel, at: bigint, shift: number, width: number, type: CType): string | Gap {
  return readOr(
    () => {
      let bits = 0n;
      for (const [index, byte] of kernel.memory.read(at, Math.ceil((shift + width) / 8)).entries())
        bits |= BigInt(byte) << BigInt(8 * index);
      const value = BigInt.asUintN(width, bits >> BigInt(shift));
      const inner = resolveType(type);
      if (inner.kind === 'enum') return enumeratorInWords(inner.values, value);
      return (inner.kind === 'int' && inner.signed ? BigInt.asIntN(width, value) : value).toString();
    },
    (error) => gapAt('bit field', error, at),
  );
}

/** 'struct page'; 'struct' alone for one without a name. */
export function tagged({ kind, name }: StructType): string {
  return name === '' ? kind : `${kind} ${name}`;
}

function pointerInWords(kernel: Kernel, target: CType, pointer: bigint): { value: string; place?: Place } {
  if (pointer === 0n) return { value: 'NULL' };
  const hex = `0x${pointer.toString(16)}`;
  const symbol = symbolInWords(kernel, pointer);
  const resolved = resolveType(target);
  const place =
    isKernelAddress(pointer) && resolved.kind !== 'function'
      ? { place: { type: placeType(target, resolved), address: pointer } }
      : {};
  return {
    value: [hex, ...(symbol === undefined ? [] : [`<${symbol}>`]), ...nameBehind(kernel, resolved, pointer)].join(' '),
    ...place,
  };
}

function placeType(target: CType, resolved: CType): string {
  if (resolved.kind === 'struct' || resolved.kind === 'union')
    return resolved.name === '' && target.kind === 'typedef' ? target.name : tagged(resolved);
  return typeName(target);
}

/** Members that name an object: what a struct is called in the kernel's own messages. */
const namingMembers = ['comm', 'name', 's_id', 'id_name'] as const;

/** The text behind a char pointer, or the name of the object behind another; nothing where it can't be read. */
export function nameBehind(kernel: Kernel, target: CType, pointer: bigint): string[] {
  return readOr(
    () => namesAt(kernel, target, pointer),
    () => [],
  );
}

function namesAt(kernel: Kernel, target: CType, pointer: bigint): string[] {
  if (target.kind === 'int' && target.size === 1 && (target.char || target.name === 'char'))
    return quoted(kernel, pointer);
  if (target.kind !== 'struct') return [];
  const naming = kernel.once(`inspect: name of struct ${target.name}`, () => namingMember(target));
  if (naming === undefined) return [];
  return quoted(kernel, naming.indirect ? kernel.memory.u64(pointer + naming.offset) : pointer + naming.offset);
}

function namingMember(struct: StructType): { offset: bigint; indirect: boolean } | undefined {
  for (const name of namingMembers) {
    const found = findMember(struct, name);
    const type = found && resolveType(found.type);
    const text =
      type?.kind === 'array'
        ? resolveType(type.element())
        : type?.kind === 'pointer'
          ? resolveType(type.target())
          : undefined;
    if (found && text?.kind === 'int' && text.size === 1 && text.name !== 'unsigned char')
      return { offset: BigInt(found.bitOffset >> 3), indirect: type?.kind === 'pointer' };
  }
  return undefined;
}

/** Only what reads as a name: a freed object's leftovers are not shown as one. */
function quoted(kernel: Kernel, at: bigint): string[] {
  if (at === 0n) return [];
  const text = kernel.memory.cString(at, longestHint);
  return text !== '' && !/[^\u0020-\u007e\u00a1-\uffef]/.test(text) ? [JSON.stringify(text)] : [];
}

function isKernelAddress(address: bigint): boolean {
  return address >> 47n === 0x1ffffn;
}

function enumeratorInWords(values: ReadonlyMap<string, bigint>, number: bigint): string {
  const name = [...values].find(([, value]) => value === number)?.[0];
  return name === undefined ? number.toString() : `${name} (${number})`;
}

/** `bits` of one that is flags, which from ten on nobody reads in decimals. */
function integerInWords(value: bigint, bits: number | undefined): string {
  // A number of this size is more likely an address or a mask than a count.
  const inHex = value > 0xffff_ffffn || (bits !== undefined && (value < 0n || value > 9n));
  return inHex ? `${value} (0x${BigInt.asUintN(bits ?? 64, value).toString(16)})` : value.toString();
}

function readInteger(kernel: Kernel, at: bigint, size: number, signed: boolean): bigint {
  const bytes = kernel.memory.read(at, Math.min(size, 16));
  let value = 0n;
  for (const [index, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * index);
  return signed ? BigInt.asIntN(8 * bytes.length, value) : value;
}

/** Of the value, whatever page of it was missing. */
function gapAt(what: string, error: GapError, address: bigint): Gap {
  return { gap: true, what, reason: error.message, address };
}
