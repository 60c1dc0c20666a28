import type { CType, EnumType, Member, StructType } from '../type-source.js';
import { AT, TAG } from './constants.js';
import { Die, type DieReference, type DwarfFile } from './die.js';
import { damaged } from './dwarf-error.js';
import { evaluateOffset } from './member-offset.js';

/** Types by the places of their entries; each is made once, and what it refers to when that is asked for. */
export interface Materialiser {
  typeOf(die: Die): CType;
  /** What DW_AT_type says, here or at an origin; void without. */
  typeIn(die: Die): () => CType;
}

/** DW_ATE_*: how a base type's bits are to be read. */
const ENCODING = { boolean: 2, float: 4, signed: 5, signedChar: 6, unsignedChar: 8, utf: 0x10 } as const;

const MAX_MEMBERS = 100_000;
const MAX_ENUMERATORS = 1_000_000;
const MAX_DIMENSIONS = 64;
/** No object in a 64-bit address space is larger; a count beyond is nonsense or -1. */
const MAX_LENGTH = 2 ** 47;

const VOID: CType = { kind: 'void' };

/** @param complete finds the definition of a struct that is only declared where the reference leads */
export function materialiser(file: DwarfFile, complete: (declaration: Die) => Die | undefined): Materialiser {
  const made = new Map<number, CType>();

  const typeOf = (die: Die): CType => {
    const known = made.get(die.offset);
    if (known !== undefined) return known;
    const type = make(die);
    // A definition may turn up with a unit that is read later.
    if (type.kind !== 'forward') made.set(die.offset, type);
    return type;
  };

  const typeIn = (die: Die): (() => CType) => {
    const target = die.target(AT.type);
    if (target !== undefined) return lazily(target);
    for (const origin of die.origins()) {
      const found = origin.target(AT.type);
      if (found !== undefined) return lazily(found);
    }
    return () => VOID;
  };

  const lazily = (target: DieReference): (() => CType) => {
    let type: CType | undefined;
    return () => {
      if (type === undefined || type.kind === 'forward') type = typeOf(file.follow(target));
      return type;
    };
  };

  const make = (die: Die): CType => {
    switch (die.tag) {
      case TAG.base_type:
        return baseType(die);
      case TAG.unspecified_type:
        return VOID;
      case TAG.pointer_type:
      case TAG.reference_type:
      case TAG.rvalue_reference_type:
        return { kind: 'pointer', target: typeIn(die), size: die.number(AT.byte_size) ?? die.unit.addressSize };
      case TAG.typedef:
        return { kind: 'typedef', name: die.string(AT.name) ?? '', target: typeIn(die) };
      case TAG.const_type:
        return { kind: 'qualified', qualifier: 'const', target: typeIn(die) };
      case TAG.volatile_type:
        return { kind: 'qualified', qualifier: 'volatile', target: typeIn(die) };
      case TAG.restrict_type:
        return { kind: 'qualified', qualifier: 'restrict', target: typeIn(die) };
      case TAG.atomic_type:
        return { kind: 'qualified', qualifier: 'atomic', target: typeIn(die) };
      case TAG.array_type:
        return arrayType(die, typeIn(die));
      case TAG.subroutine_type:
      case TAG.subprogram:
        return functionType(die);
      case TAG.enumeration_type:
        return die.flag(AT.declaration) ? forward(die) : enumType(die);
      case TAG.structure_type:
      case TAG.class_type:
      case TAG.union_type:
        return structOrForward(die);
      default:
        throw damaged('.debug_info', die.offset, `is used as a type, but has the tag 0x${die.tag.toString(16)}`);
    }
  };

  const structOrForward = (die: Die): CType => {
    if (!die.flag(AT.declaration)) return structType(die);
    const definition = (die.has(AT.signature) ? die.reference(AT.signature) : undefined) ?? complete(die);
    if (definition === undefined || definition.flag(AT.declaration)) return forward(die);
    return definition.offset === die.offset ? structType(die) : typeOf(definition);
  };

  const structType = (die: Die): StructType => {
    const members: Member[] = [];
    for (const child of die.children()) {
      if (child.tag !== TAG.member || child.flag(AT.external) || child.flag(AT.declaration)) continue;
      if (members.length === MAX_MEMBERS) throw damaged('.debug_info', child.offset, 'is one member too many');
      members.push(memberOf(child));
    }
    return {
      kind: die.tag === TAG.union_type ? 'union' : 'struct',
      name: die.string(AT.name) ?? '',
      size: die.number(AT.byte_size) ?? 0,
      members,
    };
  };

  const memberOf = (die: Die): Member => {
    const bitSize = die.number(AT.bit_size) ?? 0;
    const type = typeIn(die);
    const ownBits = die.number(AT.data_bit_offset);
    let bitOffset = ownBits ?? memberByteOffset(die) * 8;
    // Before DWARF 4: counted from the most significant bit of a storage unit.
    const fromTop = die.number(AT.bit_offset);
    if (ownBits === undefined && fromTop !== undefined) {
      const storage = die.number(AT.byte_size) ?? sizeThrough(die.reference(AT.type));
      bitOffset += storage * 8 - fromTop - bitSize;
    }
    return { name: die.string(AT.name) ?? '', bitOffset, bitSize, type };
  };

  const functionType = (die: Die): CType => {
    const parameters: { name: string; type: () => CType }[] = [];
    for (const child of die.children()) {
      if (child.tag === TAG.formal_parameter) parameters.push({ name: child.name() ?? '', type: typeIn(child) });
      else if (child.tag === TAG.unspecified_parameters) parameters.push({ name: '', type: () => VOID });
      else continue;
      if (parameters.length > MAX_MEMBERS) throw damaged('.debug_info', child.offset, 'is one parameter too many');
    }
    return { kind: 'function', returns: typeIn(die), parameters };
  };

  return { typeOf, typeIn };
}

function baseType(die: Die): CType {
  const name = die.string(AT.name) ?? '';
  const size = die.number(AT.byte_size) ?? Math.ceil((die.number(AT.bit_size) ?? 0) / 8);
  const encoding = die.number(AT.encoding);
  if (encoding === ENCODING.float) return { kind: 'float', name, size };
  return {
    kind: 'int',
    name,
    size,
    signed: encoding === ENCODING.signed || encoding === ENCODING.signedChar,
    bool: encoding === ENCODING.boolean,
    char: encoding === ENCODING.signedChar || encoding === ENCODING.unsignedChar || encoding === ENCODING.utf,
  };
}

function forward(die: Die): CType {
  return { kind: 'forward', name: die.string(AT.name) ?? '', union: die.tag === TAG.union_type };
}

function arrayType(die: Die, element: () => CType): CType {
  const lengths: number[] = [];
  for (const child of die.children()) {
    if (child.tag !== TAG.subrange_type) continue;
    if (lengths.length === MAX_DIMENSIONS) throw damaged('.debug_info', child.offset, 'is one dimension too many');
    lengths.push(lengthOf(child));
  }
  // The first subrange is the outermost; one array without any is `[]`.
  let type: () => CType = element;
  for (let i = lengths.length - 1; i > 0; i--) {
    const inner: CType = { kind: 'array', element: type, length: lengths[i]! };
    type = () => inner;
  }
  return { kind: 'array', element: type, length: lengths[0] ?? 0 };
}

/**
 * `[0]` is written as a count of 0, or as an upper bound of -1; `[]` as neither; a length known only at run time is 0
 * too.
 */
function lengthOf(subrange: Die): number {
  const count = subrange.number(AT.count);
  if (count !== undefined) return count >= 0 && count <= MAX_LENGTH ? count : 0;
  const upper = subrange.number(AT.upper_bound);
  return upper !== undefined && upper >= 0 && upper < MAX_LENGTH && upper !== 0xffffffff ? upper + 1 : 0;
}

function enumType(die: Die): EnumType {
  const signed = enumIsSigned(die);
  const values = new Map<string, bigint>();
  for (const child of die.children()) {
    if (child.tag !== TAG.enumerator) continue;
    if (values.size === MAX_ENUMERATORS) throw damaged('.debug_info', child.offset, 'is one enumerator too many');
    const value = enumeratorValue(child, signed);
    if (value !== undefined) values.set(child.string(AT.name) ?? '', value);
  }
  return {
    kind: 'enum',
    name: die.string(AT.name) ?? '',
    size: die.number(AT.byte_size) ?? sizeThrough(die.reference(AT.type)),
    signed,
    values,
  };
}

/** Whether an enum's values are signed, by its own encoding or that of the type beneath it. */
export function enumIsSigned(die: Die): boolean {
  const encoding = die.number(AT.encoding) ?? resolved(die.reference(AT.type))?.number(AT.encoding);
  return encoding === ENCODING.signed || encoding === ENCODING.signedChar;
}

export function enumeratorValue(enumerator: Die, signed: boolean): bigint | undefined {
  return enumerator.constant(AT.const_value, signed);
}

/** The byte that a member starts at; a union's members have no offset. */
function memberByteOffset(member: Die): number {
  const constant = member.number(AT.data_member_location);
  if (constant !== undefined) return constant;
  const expression = member.block(AT.data_member_location);
  if (expression === undefined) return 0;
  const offset = evaluateOffset(expression);
  if (offset === undefined) throw damaged('.debug_info', member.offset, 'is a member whose place is not a constant');
  return offset;
}

/** The size of the type beneath typedefs and qualifiers; 0 where there is none. */
function sizeThrough(type: Die | undefined): number {
  return resolved(type)?.number(AT.byte_size) ?? 0;
}

function resolved(type: Die | undefined): Die | undefined {
  let die = type;
  for (let i = 0; die !== undefined && i < MAX_DIMENSIONS; i++) {
    if (
      die.tag !== TAG.typedef &&
      die.tag !== TAG.const_type &&
      die.tag !== TAG.volatile_type &&
      die.tag !== TAG.atomic_type
    )
      return die;
    die = die.reference(AT.type);
  }
  return undefined;
}
