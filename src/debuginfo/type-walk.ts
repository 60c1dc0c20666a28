import type { CType, EnumType, Member, StructType } from './type-source.js';

// Real chains of typedefs and qualifiers are under ten long; a loop in broken types has no end.
const MAX_CHAIN = 64;
// Anonymous members nest three or four deep.
const MAX_DEPTH = 16;
// page_type-like unions have dozens of anonymous members, not thousands: bounds a search through hostile ones.
const MAX_VISITS = 100_000;

// A callback that takes a callback is as deep as it gets; broken types could name themselves in each parameter.
const MAX_FUNCTION_DEPTH = 2;
const MAX_PARAMETERS = 64;
const MAX_INNER_PARAMETERS = 16;

/** The type without typedefs and qualifiers. One that leads in a circle comes back as a forward that says so. */
export function resolveType(type: CType): CType {
  let at = type;
  for (let i = 0; i < MAX_CHAIN; i++) {
    if (at.kind !== 'typedef' && at.kind !== 'qualified') return at;
    at = at.target();
  }
  return { kind: 'forward', name: 'endless chain of typedefs', union: false };
}

/** In bytes; undefined for what has no size (void, functions, forwards, and arrays of them). */
export function sizeOf(type: CType): number | undefined {
  let factor = 1;
  let at = resolveType(type);
  for (let i = 0; at.kind === 'array'; i++) {
    if (i === MAX_CHAIN) return undefined;
    factor *= at.length;
    at = resolveType(at.element());
  }
  switch (at.kind) {
    case 'int':
    case 'float':
    case 'pointer':
    case 'struct':
    case 'union':
    case 'enum':
      return factor * at.size;
    default:
      return undefined;
  }
}

/** A member found by name: `bitOffset` counts from the start of the outermost struct. */
export interface FoundMember {
  member: Member;
  bitOffset: number;
  type: CType;
}

/** The member with that name, in anonymous structs and unions inside too, as C finds it. */
export function findMember(struct: StructType, name: string): FoundMember | undefined {
  const pending: { struct: StructType; bitOffset: number; depth: number }[] = [{ struct, bitOffset: 0, depth: 0 }];
  let visits = 0;
  for (let at = pending.shift(); at; at = pending.shift()) {
    for (const member of at.struct.members) {
      if (++visits > MAX_VISITS) return undefined;
      const bitOffset = at.bitOffset + member.bitOffset;
      if (member.name === name && name !== '') return { member, bitOffset, type: member.type() };
      if (member.name !== '' || at.depth === MAX_DEPTH) continue;
      const inner = resolveType(member.type());
      if (inner.kind === 'struct' || inner.kind === 'union')
        pending.push({ struct: inner, bitOffset, depth: at.depth + 1 });
    }
  }
  return undefined;
}

/** The type as C writes it: `struct page *`, `const char *[4]`, `void (*)(struct rcu_head *)`. */
export function typeName(type: CType): string {
  return declaration(type, '').trimEnd();
}

/**
 * The declaration of `name` with that type, as C writes it: `long unsigned int flags[4]`, `void (*func)(struct rcu_head
 * *)`. Of nested function types only so many parameters are shown.
 */
export function declaration(type: CType, name: string, depth = 0): string {
  let inner = name;
  let qualifiers = '';
  let at = type;
  // The declarator grows outwards from the name; a pointer to an array or function needs parentheses.
  for (let i = 0; i < MAX_CHAIN; i++) {
    switch (at.kind) {
      case 'pointer': {
        const target = stripTags(at.target());
        const pointer = `*${qualifiers}${qualifiers && inner ? ' ' : ''}${inner}`;
        inner = target.kind === 'array' || target.kind === 'function' ? `(${pointer})` : pointer;
        qualifiers = '';
        at = target;
        continue;
      }
      case 'array':
        inner = `${inner}[${at.length}]`;
        at = at.element();
        continue;
      case 'function': {
        const shown =
          depth > MAX_FUNCTION_DEPTH ? [] : at.parameters.slice(0, depth === 0 ? MAX_PARAMETERS : MAX_INNER_PARAMETERS);
        const parameters = shown.map((p) => declarationOfParameter(p, depth));
        if (shown.length < at.parameters.length) parameters.push('…');
        inner = `${inner}(${parameters.length > 0 ? parameters.join(', ') : 'void'})`;
        at = at.returns();
        continue;
      }
      case 'qualified':
        if (at.qualifier !== 'type_tag')
          qualifiers = `${at.qualifier === 'atomic' ? '_Atomic' : at.qualifier}${qualifiers && ' '}${qualifiers}`;
        at = at.target();
        continue;
      default: {
        const words = [qualifiers, baseName(at), inner].filter((word) => word !== '');
        return words.join(' ');
      }
    }
  }
  return `… ${inner}`;
}

function declarationOfParameter(parameter: { name: string; type: () => CType }, depth: number): string {
  const type = parameter.type();
  return type.kind === 'void' ? '...' : declaration(type, '', depth + 1).trimEnd();
}

function stripTags(type: CType): CType {
  let at = type;
  for (let i = 0; i < MAX_CHAIN && at.kind === 'qualified' && at.qualifier === 'type_tag'; i++) at = at.target();
  return at;
}

function baseName(type: Exclude<CType, { kind: 'pointer' | 'array' | 'function' | 'qualified' }>): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'int':
    case 'float':
    case 'typedef':
      return type.name;
    case 'struct':
    case 'union':
    case 'enum':
      return tagged(type);
    case 'forward':
      return `${type.union ? 'union' : 'struct'} ${type.name}`;
    default:
      return type satisfies never;
  }
}

function tagged(type: StructType | EnumType): string {
  return type.name === '' ? `${type.kind} {...}` : `${type.kind} ${type.name}`;
}
