import type { CType, EnumType, Member, StructType } from '../type-source.js';
import { Kind, kflagOf, kindOf, vlenOf } from './format.js';
import { stringAt, tableOf, type TypeTable } from './type-table.js';

const VOID: CType = { kind: 'void' };
// BTF has no pointer size; vmlinux of every architecture read here is 64-bit.
const POINTER_SIZE = 8;

/** Types made from their packed form on first use, each once. Ids that lead nowhere become a forward that says so. */
export type Materialise = (id: number) => CType;

export function materialiser(tables: readonly TypeTable[], inBase: Materialise | undefined): Materialise {
  const own = tables[0]!;
  const made: (CType | undefined)[] = [];
  const typeOf: Materialise = (id) => {
    if (id === 0) return VOID;
    if (id < own.firstId && inBase) return inBase(id);
    const at = own.at[id - own.firstId];
    if (at === undefined) return broken(`type ${id} of ${own.endId}`);
    return (made[id - own.firstId] ??= make(tables, typeOf, id, at));
  };
  return typeOf;
}

function make(tables: readonly TypeTable[], typeOf: Materialise, id: number, at: number): CType {
  const { words } = tables[0]!;
  const info = words[at + 1]!;
  const last = words[at + 2]!;
  const name = stringAt(tables, words[at]!);
  const target = (): CType => typeOf(last);
  switch (kindOf(info)) {
    case Kind.INT: {
      const encoding = (words[at + 3]! >>> 24) & 0xf;
      return {
        kind: 'int',
        name,
        size: last,
        signed: (encoding & 1) !== 0,
        // pahole sets neither flag for C's own char.
        char: (encoding & 2) !== 0 || name === 'char',
        bool: (encoding & 4) !== 0,
      };
    }
    case Kind.FLOAT:
      return { kind: 'float', name, size: last };
    case Kind.PTR:
      return { kind: 'pointer', target, size: POINTER_SIZE };
    case Kind.ARRAY: {
      const element = words[at + 3]!;
      return { kind: 'array', element: () => typeOf(element), length: words[at + 5]! };
    }
    case Kind.STRUCT:
    case Kind.UNION:
      return makeStruct(tables, typeOf, at);
    case Kind.ENUM:
    case Kind.ENUM64:
      return makeEnum(tables, at);
    case Kind.FWD:
      return { kind: 'forward', name, union: kflagOf(info) };
    case Kind.TYPEDEF:
      return { kind: 'typedef', name, target };
    case Kind.CONST:
      return { kind: 'qualified', qualifier: 'const', target };
    case Kind.VOLATILE:
      return { kind: 'qualified', qualifier: 'volatile', target };
    case Kind.RESTRICT:
      return { kind: 'qualified', qualifier: 'restrict', target };
    case Kind.TYPE_TAG:
      return { kind: 'qualified', qualifier: 'type_tag', target };
    case Kind.FUNC_PROTO: {
      const parameters = Array.from({ length: vlenOf(info) }, (_, i) => {
        const type = words[at + 4 + i * 2]!;
        return { name: stringAt(tables, words[at + 3 + i * 2]!), type: () => typeOf(type) };
      });
      return { kind: 'function', returns: target, parameters };
    }
    // A function or variable is not a type, but has one; seen through like a typedef, so that a loop of them is
    // bounded.
    case Kind.FUNC:
    case Kind.VAR:
      return { kind: 'typedef', name, target };
    default:
      return broken(`type ${id} of unknown kind ${kindOf(info)}`);
  }
}

function makeStruct(tables: readonly TypeTable[], typeOf: Materialise, at: number): StructType {
  const { words } = tables[0]!;
  const info = words[at + 1]!;
  const hasBitFields = kflagOf(info);
  const members: Member[] = [];
  for (let i = 0, m = at + 3; i < vlenOf(info); i++, m += 3) {
    const typeId = words[m + 1]!;
    const offset = words[m + 2]!;
    const place = hasBitFields
      ? { bitOffset: offset & 0xffffff, bitSize: offset >>> 24 }
      : bitsOfOldInt(tables, typeId, offset);
    members.push({ name: stringAt(tables, words[m]!), ...place, type: () => typeOf(typeId) });
  }
  return {
    kind: kindOf(info) === Kind.UNION ? 'union' : 'struct',
    name: stringAt(tables, words[at]!),
    size: words[at + 2]!,
    members,
  };
}

/** Before kflag a bit field had an INT of its own, with the width and offset in its encoding. */
function bitsOfOldInt(
  tables: readonly TypeTable[],
  id: number,
  bitOffset: number,
): { bitOffset: number; bitSize: number } {
  const table = tableOf(tables, id);
  const at = table?.at[id - table.firstId];
  if (table === undefined || at === undefined || kindOf(table.words[at + 1]!) !== Kind.INT)
    return { bitOffset, bitSize: 0 };
  const encoding = table.words[at + 3]!;
  const bits = encoding & 0xff;
  if (bits === table.words[at + 2]! * 8) return { bitOffset, bitSize: 0 };
  return { bitOffset: bitOffset + ((encoding >>> 16) & 0xff), bitSize: bits };
}

function makeEnum(tables: readonly TypeTable[], at: number): EnumType {
  const { words } = tables[0]!;
  const signed = isSigned(tables, at);
  const values = new Map<string, bigint>();
  for (let i = 0; i < vlenOf(words[at + 1]!); i++) {
    values.set(stringAt(tables, words[enumeratorAt(words, at, i)]!), enumeratorValue(words, at, i, signed));
  }
  return { kind: 'enum', name: stringAt(tables, words[at]!), size: words[at + 2]!, signed, values };
}

/** Since 6.0 kflag marks signed enums; before, nothing did and every value was written as a signed one. */
export function isSigned(tables: readonly TypeTable[], at: number): boolean {
  return kflagOf(tables[0]!.words[at + 1]!) || !tables.some((table) => table.marksSignedEnums);
}

/** Where the i-th enumerator of the enum at `at` starts: its name offset. */
export function enumeratorAt(words: Uint32Array, at: number, i: number): number {
  return at + 3 + i * (kindOf(words[at + 1]!) === Kind.ENUM64 ? 3 : 2);
}

export function enumeratorValue(words: Uint32Array, at: number, i: number, signed: boolean): bigint {
  const place = enumeratorAt(words, at, i);
  const low = words[place + 1]!;
  if (kindOf(words[at + 1]!) !== Kind.ENUM64) return BigInt(signed ? low | 0 : low);
  const value = (BigInt(words[place + 2]!) << 32n) | BigInt(low);
  return signed ? BigInt.asIntN(64, value) : value;
}

function broken(what: string): CType {
  return { kind: 'forward', name: `(broken reference to ${what})`, union: false };
}
