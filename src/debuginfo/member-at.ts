import type { CType, Member, StructType } from './type-source.js';
import { resolveType, sizeOf } from './type-walk.js';

/** Anonymous members nest three or four deep, named ones hardly deeper. */
const MAX_DEPTH = 16;
const MAX_VISITS = 10_000;

/** What stands at an offset of a struct, as C names it: "sk_lock.slock", "children.next", "slots[2]". */
export interface MemberAt {
  readonly path: string;
  readonly type: CType;
}

/**
 * The scalar that begins at an offset, in bytes; undefined where there is none, and where members of a union stand
 * there that `isIt` does not tell apart.
 */
export function memberAt(struct: StructType, offset: number, isIt: (type: CType) => boolean): MemberAt | undefined {
  const found: MemberAt[] = [];
  let visits = 0;
  const visit = (given: CType, at: number, path: string, depth: number): void => {
    const type = resolveType(given);
    if (depth > MAX_DEPTH) return;
    if (type.kind === 'struct' || type.kind === 'union') {
      for (const member of type.members) {
        if (++visits > MAX_VISITS) return;
        if (isWithin(member, at)) visit(member.type(), at - member.bitOffset / 8, joined(path, member.name), depth + 1);
      }
    } else if (type.kind === 'array') {
      const size = sizeOf(type.element());
      if (size === undefined || size === 0) return;
      visit(type.element(), at % size, `${path}[${Math.floor(at / size)}]`, depth + 1);
    } else if (at === 0) found.push({ path, type: given });
  };
  visit(struct, offset, '', 0);
  if (visits > MAX_VISITS) return undefined;
  const alike = found.length > 1 ? found.filter(({ type }) => isIt(type)) : found;
  return alike.length === 1 ? alike[0] : undefined;
}

/** The outermost named member that begins at an offset; undefined in a union, where several may. */
export function memberFrom(struct: StructType, offset: number): string | undefined {
  const found = struct.members.filter(({ bitOffset, bitSize }) => bitSize === 0 && bitOffset === offset * 8);
  const [member, ...others] = found;
  if (member !== undefined && others.length === 0 && member.name !== '') return member.name;
  const within = struct.members.filter((one) => isWithin(one, offset));
  const [outer, ...more] = within;
  const inner = outer && resolveType(outer.type());
  if (outer === undefined || more.length > 0 || inner?.kind !== 'struct') return undefined;
  const path = memberFrom(inner, offset - outer.bitOffset / 8);
  return path && joined(outer.name, path);
}

function isWithin({ bitOffset, bitSize, type }: Member, offset: number): boolean {
  const start = bitOffset / 8;
  const size = sizeOf(type());
  return bitSize === 0 && size !== undefined && offset >= start && offset < start + size;
}

function joined(path: string, name: string): string {
  if (name === '') return path;
  return path === '' ? name : `${path}.${name}`;
}
