import type { CType, StructType } from '../debuginfo/type-source.js';
import { declaration, resolveType, sizeOf } from '../debuginfo/type-walk.js';

const deepest = 8;
const membersShown = 20_000;

/** A member as its type declares it, at its place in the outermost struct. Offsets and sizes in bytes. */
export interface LaidOutMember {
  declaration: string;
  offset: number;
  /** Of a bit field: its bits, counted from the lowest of the byte at `offset`. */
  bits?: { from: number; count: number };
  size: number | undefined;
  /** Of an embedded struct or union. */
  members: readonly LaidOutMember[];
  /** Unused bytes before this member, since the end of the one before. */
  hole: number;
}

/**
 * How a struct or union lies in memory, as pahole shows it: every member with offset and size, and the holes. Bounded,
 * whatever the types say.
 */
export function typeLayout(type: StructType): LaidOutMember[] {
  let left = membersShown;
  const ofStruct = (struct: StructType, base: number, depth: number): LaidOutMember[] => {
    let end = base;
    const laidOut: LaidOutMember[] = [];
    for (const member of struct.members) {
      if (left-- <= 0) break;
      const inner = member.type();
      const offset = base + Math.floor(member.bitOffset / 8);
      const size = sizeOf(inner);
      const hole = struct.kind === 'union' ? 0 : Math.max(0, offset - end);
      end = Math.max(
        end,
        base + Math.ceil((member.bitOffset + (member.bitSize > 0 ? member.bitSize : (size ?? 0) * 8)) / 8),
      );
      const words = declaration(inner, member.name);
      laidOut.push(
        member.bitSize > 0
          ? {
              declaration: `${words}:${member.bitSize}`,
              offset,
              bits: { from: member.bitOffset % 8, count: member.bitSize },
              size: undefined,
              members: [],
              hole,
            }
          : { declaration: words, offset, size, members: membersOf(inner, offset, depth), hole },
      );
    }
    return laidOut;
  };
  const membersOf = (given: CType, offset: number, depth: number): LaidOutMember[] => {
    const inner = resolveType(given);
    return (inner.kind === 'struct' || inner.kind === 'union') && depth < deepest
      ? ofStruct(inner, offset, depth + 1)
      : [];
  };
  return ofStruct(type, 0, 0);
}
