import type { CType } from '../debuginfo/type-source.js';
import { findMember, resolveType, sizeOf, typeName } from '../debuginfo/type-walk.js';

/** A pointer to something in the toy kernel: 'a', 'a.tasks', 'a.pid_links[1]'. */
export interface ToyPointer {
  readonly to: string;
  /** Bits that a container keeps in it: 2 in a pointer to an `xa_node`. */
  readonly tag?: number;
}

/** What a `__percpu` pointer leads to: a value for each CPU, of the pointer's own target type. */
export interface ToyPerCpuPointer {
  readonly perCpu: readonly ToyValue[];
}

/**
 * A value as its C type takes it: numbers (bigint over 2^53), booleans, null for NULL, text for `char[]` and `char *`
 * (the text is put somewhere), lists for arrays, objects for structs; atomic_t and other structs of one scalar take the
 * scalar.
 */
export type ToyValue =
  | number
  | bigint
  | boolean
  | string
  | null
  | ToyPointer
  | ToyPerCpuPointer
  | readonly ToyValue[]
  | { readonly [member: string]: ToyValue };

/** `to('a.tasks')`: the address of that; `to('node', 2)` with bits that a container keeps in it. */
export function to(place: string, tag = 0): ToyPointer {
  return tag === 0 ? { to: place } : { to: place, tag };
}

/** `perCpu(3, 4)`: what a `__percpu` pointer leads to on CPU 0 and CPU 1. */
export function perCpu(...values: readonly ToyValue[]): ToyPerCpuPointer {
  return { perCpu: values };
}

export interface ToyWriter {
  write(address: bigint, bytes: Uint8Array): void;
  allocate(size: number): bigint;
  /** The offset in each CPU's area. */
  allocatePerCpu(size: number): bigint;
  areaOf(cpu: number): bigint;
  addressOf(place: string): bigint;
  cpus: number;
}

/** Writes a value as the type lays it out. @throws Error where the value does not go with the type */
export function writeValue(writer: ToyWriter, address: bigint, given: CType, value: ToyValue): void {
  const type = resolveType(given);
  switch (type.kind) {
    case 'struct':
    case 'union':
      return writeStruct(writer, address, type, value);
    case 'array':
      return writeArray(writer, address, type, value);
    case 'pointer':
      return writer.write(address, integerBytes(pointerOf(writer, type, value), 8));
    case 'int':
    case 'enum':
      // The kernel keeps addresses in words too, with bits of its own: __rb_parent_color.
      return writer.write(
        address,
        isAddress(value) && type.size === 8
          ? integerBytes(addressIn(writer, value), 8)
          : integerBytes(integerOf(value, typeName(type)), type.size),
      );
    default:
      throw new Error(`toyKernel: no value can be of type ${typeName(type)}`);
  }
}

function writeStruct(
  writer: ToyWriter,
  address: bigint,
  type: CType & { kind: 'struct' | 'union' },
  value: ToyValue,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPointer(value)) {
    const [only] = type.members;
    if (type.members.length !== 1 || !only)
      throw new Error(`toyKernel: ${typeName(type)} takes an object of its members`);
    return writeValue(writer, address, only.type(), value);
  }
  for (const [name, inner] of Object.entries(value)) {
    const found = findMember(type, name);
    if (!found) throw new Error(`toyKernel: ${typeName(type)} has no member ${name}`);
    if (found.member.bitSize > 0)
      throw new Error(`toyKernel: ${typeName(type)}.${name} is a bit field; write the whole word`);
    writeValue(writer, address + BigInt(found.bitOffset >> 3), found.type, inner);
  }
}

function writeArray(writer: ToyWriter, address: bigint, type: CType & { kind: 'array' }, value: ToyValue): void {
  if (typeof value === 'string') {
    const bytes = Buffer.from(`${value}\0`);
    if (bytes.length > type.length) throw new Error(`toyKernel: "${value}" is too long for ${typeName(type)}`);
    return writer.write(address, bytes);
  }
  if (!Array.isArray(value)) throw new Error(`toyKernel: ${typeName(type)} takes a list`);
  const element = type.element();
  const size = sizeOf(element) ?? 0;
  const list = value as readonly ToyValue[];
  if (list.length > type.length) throw new Error(`toyKernel: ${list.length} values for ${typeName(type)}`);
  for (const [i, inner] of list.entries()) writeValue(writer, address + BigInt(i * size), element, inner);
}

function pointerOf(writer: ToyWriter, type: CType & { kind: 'pointer' }, value: ToyValue): bigint {
  if (typeof value === 'string') {
    const bytes = Buffer.from(`${value}\0`);
    const text = writer.allocate(bytes.length);
    writer.write(text, bytes);
    return text;
  }
  if (isAddress(value)) return addressIn(writer, value);
  if (typeof value === 'object' && value !== null && 'perCpu' in value && Array.isArray(value.perCpu)) {
    const target = type.target();
    const offset = writer.allocatePerCpu(sizeOf(target) ?? 8);
    for (const [cpu, own] of (value.perCpu as readonly ToyValue[]).entries())
      writeValue(writer, writer.areaOf(cpu) + offset, target, own);
    return offset;
  }
  return integerOf(value, 'a pointer');
}

function isAddress(value: ToyValue): value is ToyPointer {
  return typeof value === 'object' && value !== null && 'to' in value && typeof value.to === 'string';
}

function addressIn(writer: ToyWriter, { to: place, tag = 0 }: ToyPointer): bigint {
  return writer.addressOf(place) + BigInt(tag);
}

function isPointer(value: object): boolean {
  return ('to' in value && typeof value.to === 'string') || 'perCpu' in value;
}

function integerOf(value: ToyValue, type: string): bigint {
  if (value === null) return 0n;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
  throw new Error(`toyKernel: ${JSON.stringify(value)} is no value for ${type}`);
}

function integerBytes(value: bigint, size: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer).subarray(0, size);
}
