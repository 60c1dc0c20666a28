import type { CType } from '../debuginfo/type-source.js';
import { resolveType, sizeOf, typeName } from '../debuginfo/type-walk.js';
import type { AddressSpace } from '../memory/address-space.js';
import { isWide, parseDeclared, scalarByName, tagOf, type DeclaredType } from './declared-type.js';
import { Implausible } from './gaps.js';
import type { PerCpu, RefBase } from './shape.js';

/** Reads the value that stands at an address. */
export type Reader = (address: bigint) => unknown;

/** What readers need of the kernel: kept small, so that binding can be tested alone. */
export interface ReaderHost {
  readonly memory: AddressSpace;
  refTo(struct: string, address: bigint): RefBase;
  typeNamed(base: string): CType | undefined;
}

/** Longest text that a `char *` of the kernel points to; longer ones are cut. */
const MOST_TEXT = 4096;
/** Longest array member that is read as a whole. */
const MOST_ELEMENTS = 1 << 16;

/**
 * A reader for a declared type, held against the type that this kernel gives the member.
 * @returns the words for the difference where the two don't fit
 */
export function readerFor(
  host: ReaderHost,
  declared: string,
  actual: CType | undefined,
  percpu: boolean,
): Reader | string {
  const parsed = parseDeclared(declared);
  // A pointer that no type is known of is one all the same: what it points to says nothing about it.
  const type = actual
    ? resolveType(actual)
    : parsed.stars > 0 && parsed.dimensions === 0
      ? undefined
      : host.typeNamed(parsed.base);
  if (percpu) return perCpuReader(host, parsed, type);
  if (parsed.dimensions > 0) return arrayReader(host, parsed, type);
  if (parsed.stars > 0) return pointerReader(host, parsed, type);
  const tag = tagOf(parsed.base);
  if (tag !== undefined) return structReader(host, tag, type);
  return scalarReader(host, parsed.base, type);
}

function perCpuReader(host: ReaderHost, parsed: DeclaredType, type: CType | undefined): Reader | string {
  if (type && type.kind !== 'pointer') return `${typeName(type)}, not a pointer`;
  const pointee: DeclaredType = { ...parsed, stars: parsed.stars - 1 };
  const read = readerFor(host, declaredText(pointee), type && pointeeOf(type), false);
  if (typeof read === 'string') return read;
  return (address): PerCpu<unknown> | null => {
    const offset = host.memory.u64(address);
    return offset === 0n ? null : { offset, read };
  };
}

/** undefined where the pointer does not say: of void, or of a struct that its unit does not know. */
function pointeeOf(pointer: CType & { kind: 'pointer' }): CType | undefined {
  const target = pointer.target();
  const { kind } = resolveType(target);
  return kind === 'void' || kind === 'forward' ? undefined : target;
}

function declaredText({ base, stars, dimensions }: DeclaredType): string {
  return base + (stars > 0 ? ` ${'*'.repeat(stars)}` : '') + '[]'.repeat(dimensions);
}

function arrayReader(host: ReaderHost, parsed: DeclaredType, type: CType | undefined): Reader | string {
  if (type?.kind !== 'array') return `${type ? typeName(type) : 'an unknown type'}, not an array`;
  if (parsed.base === 'char' && parsed.stars === 0 && parsed.dimensions === 1) {
    const limit = Math.min(type.length, MOST_TEXT);
    return (address) => host.memory.cString(address, limit);
  }
  const element = type.element();
  const size = sizeOf(element);
  const read = readerFor(host, declaredText({ ...parsed, dimensions: parsed.dimensions - 1 }), element, false);
  if (typeof read === 'string') return read;
  if (size === undefined) return `an array of ${typeName(element)}, which has no size`;
  const length = Math.min(type.length, MOST_ELEMENTS);
  const step = BigInt(size);
  return (address) => {
    const values: unknown[] = [];
    for (let i = 0, at = address; i < length; i++, at += step) values.push(read(at));
    return values;
  };
}

function pointerReader(host: ReaderHost, parsed: DeclaredType, type: CType | undefined): Reader | string {
  if (type && sizeOf(unwrapped(type)) !== 8) return `${typeName(type)}, not a pointer`;
  const { memory } = host;
  if (parsed.base === 'char' && parsed.stars === 1) {
    return (address) => {
      const pointer = memory.u64(address);
      return pointer === 0n ? null : memory.cString(pointer, MOST_TEXT);
    };
  }
  const tag = parsed.stars === 1 ? tagOf(parsed.base) : undefined;
  if (tag === undefined) return (address) => memory.u64(address);
  return (address) => {
    const pointer = memory.u64(address);
    return pointer === 0n ? null : host.refTo(tag, pointer);
  };
}

function structReader(host: ReaderHost, tag: string, type: CType | undefined): Reader | string {
  if (type && type.kind !== 'struct' && type.kind !== 'union') return `${typeName(type)}, not struct ${tag}`;
  return (address) => host.refTo(tag, address);
}

function scalarReader(host: ReaderHost, base: string, type: CType | undefined): Reader | string {
  const found = type ? scalarOf(unwrapped(type)) : scalarByName(base);
  if (!found) return `${type ? typeName(type) : `${base}, a type this kernel does not have`}, not a scalar`;
  if (base === 'bool') return (address) => host.memory.u8(address) !== 0;
  return intReader(host.memory, found.size, found.signed, isWide(base));
}

/** The scalar in a struct of one member: atomic_t, kuid_t, memdesc_flags_t. */
export function unwrapped(type: CType): CType {
  let at = resolveType(type);
  for (let depth = 0; depth < 8; depth++) {
    if (at.kind !== 'struct' && at.kind !== 'union') break;
    const [only] = at.members;
    if (!only || (at.kind === 'struct' && at.members.length !== 1)) break;
    at = resolveType(only.type());
  }
  return at;
}

export function scalarOf(type: CType): { size: number; signed: boolean } | undefined {
  switch (type.kind) {
    case 'int':
      return { size: type.size, signed: type.signed };
    case 'enum':
      return { size: type.size, signed: type.signed };
    case 'pointer':
      return { size: 8, signed: false };
    default:
      return undefined;
  }
}

/** A reader of an integer; `wide` ones are bigint, others are numbers and a gap past 2^53. */
export function intReader(memory: AddressSpace, size: number, signed: boolean, wide: boolean): Reader | string {
  if (size === 8) {
    const read = signed
      ? (address: bigint) => BigInt.asIntN(64, memory.u64(address))
      : (address: bigint) => memory.u64(address);
    return wide ? read : (address) => exactNumber(read(address), address);
  }
  const narrow = narrowReader(memory, size, signed);
  if (narrow === undefined) return `an integer of ${size} bytes`;
  return wide ? (address) => BigInt(narrow(address)) : narrow;
}

function narrowReader(memory: AddressSpace, size: number, signed: boolean): ((address: bigint) => number) | undefined {
  switch (size) {
    case 1:
      return signed ? (address) => (memory.u8(address) << 24) >> 24 : (address) => memory.u8(address);
    case 2:
      return signed ? (address) => (memory.u16(address) << 16) >> 16 : (address) => memory.u16(address);
    case 4:
      return signed ? (address) => memory.i32(address) : (address) => memory.u32(address);
    default:
      return undefined;
  }
}

function exactNumber(value: bigint, address: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new Implausible(`0x${address.toString(16)}: ${value} is past what a count can be`, address);
  return number;
}

/**
 * A reader for a bit field of the declared type; `bitOffset` counts from the address that the reader is given.
 * @returns the words for the difference where no bit field can be of that type: types of a damaged dump say anything
 */
export function bitFieldReader(
  memory: AddressSpace,
  declared: string,
  bitOffset: number,
  bitSize: number,
  signed: boolean,
): Reader | string {
  const { base, stars, dimensions } = parseDeclared(declared);
  if (stars > 0 || dimensions > 0 || tagOf(base) !== undefined) return `a bit field of ${bitSize} bits`;
  const firstByte = bitOffset >> 3;
  const shift = BigInt(bitOffset & 7);
  const bytes = ((bitOffset & 7) + bitSize + 7) >> 3;
  const read = (address: bigint): bigint => {
    let raw = 0n;
    for (let i = bytes - 1; i >= 0; i--) raw = (raw << 8n) | BigInt(memory.u8(address + BigInt(firstByte + i)));
    const value = BigInt.asUintN(bitSize, raw >> shift);
    return signed ? BigInt.asIntN(bitSize, value) : value;
  };
  if (declared === 'bool') return (address) => read(address) !== 0n;
  return isWide(declared) ? read : (address) => exactNumber(read(address), address);
}
