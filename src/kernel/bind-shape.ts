import type { StructType, TypeSource } from '../debuginfo/type-source.js';
import { findMember, resolveType } from '../debuginfo/type-walk.js';
import { misdeclared } from './check-declared.js';
import { ShapeError, saysReading, whileReading } from './gaps.js';
import { bitFieldReader, readerFor, type Reader, type ReaderHost } from './readers.js';
import type { MemberSpec, PerCpu, RefBase, Shape } from './shape.js';
import { noSuchStruct } from './unreadable-names.js';
import { didYouMean } from '../words/nearest-word.js';

/** A shape found in this kernel: offsets fixed, accessors compiled. */
export interface BoundShape {
  readonly shape: Shape;
  readonly size: number;
  /** In bytes; members that this kernel lacks are not in it. */
  readonly offsets: ReadonlyMap<string, number>;
  /** The first member that is missing and is not optional: only reading it fails. */
  readonly lack: ShapeError | undefined;
  ref(address: bigint): RefBase;
}

/**
 * Finds a shape's members in the kernel's types and compiles an accessor for each; that of one that this kernel lacks
 * says so, and the others stand.
 * @param isChecked a declared type that is not the kernel's is told too, though the member could be read: for shapes
 * that no test of ours has held against kernels
 * @throws ShapeError where this kernel has no such struct
 */
export function bindShape(host: ReaderHost, types: TypeSource, shape: Shape, isChecked = false): BoundShape {
  const struct = structNamed(types, shape);
  if (!struct) throw noSuchStruct(types, shape.struct);
  const offsets = new Map<string, number>();
  const prototype: Record<string, unknown> = { $struct: shape.struct };
  const binding = { host, struct, isChecked, offsets, prototype };
  let lack: ShapeError | undefined;
  for (const [name, spec] of Object.entries(shape.members)) {
    const missing = bindMember(binding, name, spec);
    if (missing === undefined) continue;
    failing(prototype, name, missing);
    lack ??= missing;
  }
  return {
    shape,
    size: struct.size,
    offsets,
    lack,
    ref: (address) =>
      Object.create(prototype, { $address: { value: BigInt.asUintN(64, address), enumerable: true } }) as RefBase,
  };
}

/** A reference to a struct that does not bind: it has its address, and each member says what this kernel lacks. */
export function unboundRef(shape: Shape, address: bigint, reason: ShapeError): RefBase {
  const ref = { $struct: shape.struct, $address: address };
  for (const member of Object.keys(shape.members)) failing(ref, member, reason);
  return ref;
}

function failing(object: object, member: string, reason: ShapeError): void {
  Object.defineProperty(object, member, {
    get: () => {
      throw reason;
    },
  });
}

/** By its tag, or by the typedef of a struct that has none (nodemask_t). */
function structNamed(types: TypeSource, { struct, definedBy }: Shape): StructType | undefined {
  const tagged = types.struct(struct, definedBy);
  if (tagged) return tagged;
  const named = types.typedef(struct, definedBy);
  const resolved = named && resolveType(named);
  return resolved?.kind === 'struct' || resolved?.kind === 'union' ? resolved : undefined;
}

/** A shape on its way. */
interface Binding {
  host: ReaderHost;
  struct: StructType;
  isChecked: boolean;
  offsets: Map<string, number>;
  prototype: Record<string, unknown>;
}

/** @returns what this kernel lacks, where that is not optional */
function bindMember(
  { host, struct, isChecked, offsets, prototype }: Binding,
  name: string,
  spec: MemberSpec,
): ShapeError | undefined {
  const { type, optional, percpu = false, formerly } = typeof spec === 'string' ? { type: spec } : spec;
  const found = findMember(struct, name) ?? (formerly === undefined ? undefined : findMember(struct, formerly));
  if (!found) {
    if (name.includes('.')) return noPath(struct, name);
    if (optional) return absent(prototype, name);
    return new ShapeError(
      `\`struct ${struct.name}\` has no member \`${name}\` in this kernel${didYouMean(
        name,
        struct.members.map((member) => member.name),
      )}`,
    );
  }
  const reader =
    found.member.bitSize > 0
      ? bitField(host, type, found.bitOffset, found.member.bitSize, found.type)
      : readerFor(host, type, found.type, percpu);
  // An optional member of another type is that of another era: the one that this reader knows is not there.
  if (typeof reader === 'string' && optional) return absent(prototype, name);
  const { bitSize } = found.member;
  // Of a bit field whose type none can be of, the reader's own words say more.
  const isTold = isChecked && (typeof reader !== 'string' || bitSize === 0);
  const difference =
    (isTold ? misdeclared(host, type, found.type, bitSize) : undefined) ??
    (typeof reader === 'string' ? `is ${reader} in this kernel, where \`${type}\` is expected` : undefined);
  if (typeof reader === 'string' || difference !== undefined)
    return new ShapeError(`\`struct ${struct.name}\`'s member \`${name}\` ${difference}`);
  const offset = found.bitOffset >> 3;
  offsets.set(name, offset);
  const what = `\`${struct.name}.${name}\``;
  const distance = found.member.bitSize > 0 ? 0n : BigInt(offset);
  const read = percpu ? perCpuNamed(reader, what) : reader;
  Object.defineProperty(prototype, name, {
    get(this: RefBase) {
      try {
        return read(this.$address + distance);
      } catch (error) {
        throw saysReading(error, what);
      }
    },
    enumerable: true,
  });
  return undefined;
}

/** What stands behind a per-CPU pointer is read later, and has no other name. */
function perCpuNamed(reader: Reader, what: string): Reader {
  return (address): PerCpu<unknown> | null => {
    const pointer = reader(address) as PerCpu<unknown> | null;
    if (pointer === null) return null;
    return { ...pointer, read: (at) => whileReading(`what ${what} points to`, () => pointer.read(at)) };
  };
}

/** Of a path, it would be untrue that this kernel lacks it. */
function noPath({ name: struct }: StructType, path: string): ShapeError {
  const first = path.slice(0, path.indexOf('.'));
  const advice = `give \`${first}\`, and what lies in it a shape of its own (kernel.offsetNamed takes a path)`;
  return new ShapeError(`\`${path}\` of \`struct ${struct}\` is no name of a member: a shape has no paths; ${advice}`);
}

function absent(prototype: object, name: string): undefined {
  Object.defineProperty(prototype, name, { value: undefined });
}

function bitField(
  host: ReaderHost,
  declared: string,
  bitOffset: number,
  bitSize: number,
  type: Parameters<typeof resolveType>[0],
): Reader | string {
  const resolved = resolveType(type);
  return bitFieldReader(host.memory, declared, bitOffset, bitSize, resolved.kind === 'int' && resolved.signed);
}
