import { withOffsetInto } from '../words/code-name.js';
import type { CType, StructType } from '../debuginfo/type-source.js';
import type { Variable, Where } from '../debuginfo/dwarf/variables.js';
import { declaration, resolveType, sizeOf } from '../debuginfo/type-walk.js';
import type { Kernel } from '../kernel/kernel.js';
import { readMemory } from './cfi-step.js';
import { codePlace } from './code.js';
import { hex } from '../words/hex.js';

const MEMBERS_SHOWN = 8;
const LONGEST_TEXT = 64;

/**
 * A variable's value as a debugger shows it: "0", "0xffff888003a4d400", "\"oomer\"", "{order = 0, …} at 0x…",
 * "optimized out".
 */
export function variableText(kernel: Kernel, { type, where }: Variable): string {
  return textAt(kernel, type, where);
}

function textAt(kernel: Kernel, type: CType, where: Where): string {
  switch (where.kind) {
    case 'memory':
      return textInMemory(kernel, type, where.address);
    case 'bytes':
      return textOf(kernel, type, where.bytes, 1);
    case 'partial':
      return `${textOf(kernel, type, where.bytes, 1)} (${where.missing.reduce((bits, { bitSize }) => bits + bitSize, 0)} bits of it optimized out)`;
    case 'points into':
      return `pointer to ${where.variable === '' ? 'a value' : where.variable}${where.offset === 0n ? '' : ` + ${where.offset}`}, optimized out`;
    case 'optimized out':
      return 'optimized out';
    case 'unknown':
      return `unknown: ${where.reason}`;
    default:
      return where satisfies never;
  }
}

function textInMemory(kernel: Kernel, type: CType, address: bigint): string {
  const size = sizeOf(type);
  if (size === undefined) return `${declaration(type, '').trim()} at ${hex(address)}`;
  const bytes = readMemory(kernel, address, Math.min(size, 4096));
  if (bytes === undefined) return `at ${hex(address)}, which can't be read`;
  const text = textOf(kernel, type, bytes, 1);
  return isAggregate(resolveType(type)) ? `${text} at ${hex(address)}` : text;
}

function isAggregate({ kind }: CType): boolean {
  return kind === 'struct' || kind === 'union' || kind === 'array';
}

function textOf(kernel: Kernel, type: CType, bytes: Uint8Array, depth: number): string {
  const plain = resolveType(type);
  switch (plain.kind) {
    case 'int': {
      const value = integer(bytes.subarray(0, plain.size), plain.signed);
      if (value === undefined) return '?';
      if (plain.bool) return value === 0n ? 'false' : 'true';
      return value >= 1n << 47n ? hex(value) : String(value);
    }
    case 'enum': {
      const value = integer(bytes.subarray(0, plain.size), plain.signed);
      return [...plain.values].find(([, own]) => own === value)?.[0] ?? String(value ?? '?');
    }
    case 'pointer': {
      const value = integer(bytes.subarray(0, 8), false);
      return value === undefined ? '?' : pointerText(kernel, plain, value);
    }
    case 'struct':
    case 'union':
      return depth === 0 ? '{…}' : structText(kernel, plain, bytes);
    case 'array':
      return arrayText(plain, bytes);
    default:
      return '?';
  }
}

function pointerText(kernel: Kernel, type: CType & { kind: 'pointer' }, value: bigint): string {
  const target = resolveType(type.target());
  if (value === 0n) return 'NULL';
  if (target.kind === 'int' && target.char) {
    const text = readMemory(kernel, value, LONGEST_TEXT);
    return text && text[0] !== 0 ? `${hex(value)} ${quoted(text)}` : hex(value);
  }
  const place = codePlace(kernel, value);
  if (place) return `${hex(value)} <${withOffsetInto(place.function, place.offset)}>`;
  return hex(value);
}

function structText(kernel: Kernel, type: StructType, bytes: Uint8Array): string {
  const shown = type.members.slice(0, MEMBERS_SHOWN).map((member) => {
    if (member.bitSize > 0) return `${member.name} = …`;
    const value = textOf(kernel, member.type(), bytes.subarray(member.bitOffset >> 3), 0);
    return member.name === '' ? value : `${member.name} = ${value}`;
  });
  return `{${shown.join(', ')}${type.members.length > MEMBERS_SHOWN ? ', …' : ''}}`;
}

function arrayText(type: CType & { kind: 'array' }, bytes: Uint8Array): string {
  const element = resolveType(type.element());
  if (element.kind === 'int' && element.char) return quoted(bytes.subarray(0, Math.min(type.length, LONGEST_TEXT)));
  return `{${type.length} elements}`;
}

function quoted(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('latin1');
  return JSON.stringify(text.replaceAll(/[^ -~]/g, '.'));
}

function integer(bytes: Uint8Array, signed: boolean): bigint | undefined {
  if (bytes.length === 0 || bytes.length > 16) return undefined;
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return signed ? BigInt.asIntN(bytes.length * 8, value) : value;
}
