import { listLinks } from '../../symbols/lists.js';
import type { CType, StructType } from '../debuginfo/type-source.js';
import { declaration, resolveType, sizeOf } from '../debuginfo/type-walk.js';
import type { Gap } from '../words/gap.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Place } from './place.js';
import { readBitField, readScalar, tagged } from './read-scalar.js';
import { counted } from '../words/quantity.js';

/** Structs nest some five deep; broken types without end. */
const deepest = 8;
/** Of an array; the others are counted. */
const elementsShown = 64;
const membersShown = 20_000;

/** A member of an object, or an element of an array, with what is in it. */
export interface InspectedMember {
  /** As C declares it: "struct list_head tasks", "unsigned int in_iowait:1"; "[3]" for an element. */
  declaration: string;
  /** From the start of the object, in bytes. */
  offset: number;
  /** In words; null where the members below say it all. */
  value: string | boolean | null | Gap;
  place?: Place;
  members: readonly InspectedMember[];
}

/**
 * The members of an object with their values, as the kernel's types declare them: numbers, enumerators by name, texts
 * in quotes, pointers with the symbol or name that they lead to. A struct around one scalar (atomic_t) shows that
 * scalar. What can't be read is a gap in its place. Bounded, whatever the types say.
 */
export function inspectObject(kernel: Kernel, type: StructType, address: bigint): InspectedMember[] {
  let left = membersShown;
  const ofStruct = (struct: StructType, base: bigint, offset: number, depth: number): InspectedMember[] =>
    struct.members.flatMap((member) => {
      if (left-- <= 0) return [];
      const at = Math.floor(member.bitOffset / 8);
      const inner = member.type();
      const unnamed = member.name === '' ? resolveType(inner) : undefined;
      // Its members are the outer struct's own, as C has it; a union's stay together, since only one of them holds.
      if (unnamed?.kind === 'struct' && depth < deepest)
        return ofStruct(unnamed, base + BigInt(at), offset + at, depth + 1);
      const words = declaration(inner, member.name);
      if (member.bitSize > 0) {
        const value = readBitField(kernel, base + BigInt(at), member.bitOffset % 8, member.bitSize, inner);
        return [{ declaration: `${words}:${member.bitSize}`, offset: offset + at, value, members: [] }];
      }
      const list = listLinks[`${struct.name}.${member.name}`];
      return [inspected(inner, words, base + BigInt(at), offset + at, depth, list)];
    });

  const inspected = (
    given: CType,
    words: string,
    at: bigint,
    offset: number,
    depth: number,
    list?: string,
  ): InspectedMember => {
    const inner = resolveType(given);
    if ((inner.kind === 'struct' || inner.kind === 'union') && depth < deepest) {
      const members = ofStruct(inner, at, offset, depth + 1);
      const isList = inner.name === 'list_head';
      const place: Place = { type: isList && list !== undefined ? `list of ${list}` : tagged(inner), address: at };
      return {
        declaration: words,
        offset,
        value: isList ? listInWords(kernel, at) : onlyScalar(inner, members),
        place,
        members,
      };
    }
    if (inner.kind === 'array' && !isText(inner.element()) && depth < deepest) {
      const size = sizeOf(inner.element()) ?? 0;
      const shown = size === 0 ? 0 : Math.min(inner.length, elementsShown, Math.max(0, left));
      left -= shown;
      const members = Array.from({ length: shown }, (_, index) =>
        inspected(inner.element(), `[${index}]`, at + BigInt(index * size), offset + index * size, depth + 1),
      );
      const more =
        inner.length > shown
          ? `${counted(inner.length, 'element')}, ${shown} of them shown`
          : counted(inner.length, 'element');
      return { declaration: words, offset, value: more, members };
    }
    return { declaration: words, offset, ...readScalar(kernel, inner, at, words), members: [] };
  };
  return ofStruct(type, address, 0, 0);
}

/** What is in a struct or union whose members all come down to one value: atomic_t, refcount_t, kuid_t. */
function onlyScalar({ kind }: StructType, members: readonly InspectedMember[]): InspectedMember['value'] {
  const [only] = members;
  return kind === 'struct' && members.length === 1 && only !== undefined ? only.value : null;
}

function listInWords(kernel: Kernel, at: bigint): InspectedMember['value'] {
  const next = readScalar(kernel, { kind: 'pointer', size: 8, target: () => ({ kind: 'void' }) }, at).value;
  return next === `0x${at.toString(16)}` ? 'empty' : typeof next === 'string' ? `→ ${next}` : next;
}

function isText(type: CType): boolean {
  const inner = resolveType(type);
  return inner.kind === 'int' && inner.size === 1 && (inner.char || inner.name === 'char');
}
