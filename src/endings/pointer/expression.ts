import { memberAt, memberFrom } from '../../debuginfo/member-at.js';
import type { CType, StructType } from '../../debuginfo/type-source.js';
import { resolveType, sizeOf } from '../../debuginfo/type-walk.js';

/** A value as the source may have it: "q", "inode->i_sb", "find_vma(…)". */
export interface Expression {
  readonly text: string;
  /** What tells it: the code with the types, or DWARF. */
  readonly source: string;
  /** undefined where the types do not have it. */
  readonly type?: CType;
}

/** What is read through a pointer: "inode->i_sb". @param bytes how many, where that is known */
export function readThrough(
  { text, type, source }: Expression,
  offset: number,
  bytes?: number,
): Expression | undefined {
  const struct = type && pointedAt(type);
  const member = struct && memberAt(struct, offset, (one) => sizeOf(one) === bytes);
  return member && { text: `${text}->${member.path}`, type: member.type, source };
}

/** A pointer with a constant added: "&file->f_path". */
export function addedInC({ text, type }: Expression, add: number): string | undefined {
  if (add === 0) return text;
  const struct = type && pointedAt(type);
  const member = struct && memberFrom(struct, add);
  return member && `&${text}->${member}`;
}

/** The struct that a pointer of that type points at. */
export function pointedAt(type: CType): StructType | undefined {
  const pointer = resolveType(type);
  const target = pointer.kind === 'pointer' ? resolveType(pointer.target()) : undefined;
  return target?.kind === 'struct' || target?.kind === 'union' ? target : undefined;
}
