import { InputError } from '../bytes/input-error.js';
import type { CType } from '../debuginfo/type-source.js';
import { resolveType } from '../debuginfo/type-walk.js';
import { ShapeError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { typesUnreadable } from '../kernel/unreadable-names.js';
import { didYouMean } from '../words/nearest-word.js';

/**
 * The type that a user names: 'zone', 'struct zone', 'enum zone_type', 'pid_t'. @throws InputError where this kernel
 * has none of that name, ShapeError where its types can't be read
 */
export function typeNamed(kernel: Kernel, name: string): CType {
  const [, tag, bare = ''] = /^(?:(struct|union|enum)\s+)?(\w[\w ]*)$/.exec(name.trim()) ?? [];
  const found =
    (tag === undefined || tag === 'struct' || tag === 'union' ? kernel.types.struct(bare) : undefined) ??
    (tag === undefined || tag === 'enum' ? kernel.types.enum(bare) : undefined) ??
    (tag === undefined ? kernel.types.typedef(bare) : undefined);
  if (found === undefined) {
    throw noSuchType(
      kernel,
      name,
      () =>
        `this kernel's types (${kernel.types.source}) have no ${name}${nearestType(kernel, bare === '' ? name : bare)}`,
    );
  }
  return resolveType(found);
}

/** Of "zone.watermark" the type is meant: its members are shown with it. */
function nearestType({ types }: Kernel, name: string): string {
  const [, tag = '', struct = ''] = /^((?:struct|union)\s+)?(\w+)\./.exec(name) ?? [];
  return types.struct(struct) === undefined
    ? didYouMean(struct || name, types.typeNames())
    : `; its members are shown by ${tag}${struct} alone`;
}

/**
 * Where a member that a user names stands in its struct.
 * @throws InputError where there is no such struct or member, ShapeError where the types can't be read
 */
export function offsetNamed(kernel: Kernel, struct: string, member: string): bigint {
  typeNamed(kernel, struct);
  try {
    return BigInt(kernel.offsetNamed(struct, member));
  } catch (error) {
    throw error instanceof ShapeError && kernel.types.unreadable === undefined ? new InputError(error.message) : error;
  }
}

/** A type that was not found: the user's slip where the types could be read. */
export function noSuchType({ types }: Kernel, name: string, slip: () => string): InputError | ShapeError {
  return types.unreadable === undefined
    ? new InputError(slip())
    : new ShapeError(`${name} can't be looked up: ${typesUnreadable(types.unreadable)}`);
}
