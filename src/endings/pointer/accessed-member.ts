import type { MemoryAccess } from '../../arch/architecture.js';
import { typeName } from '../../debuginfo/type-walk.js';
import type { Kernel } from '../../kernel/kernel.js';
import { defined } from '../../words/defined.js';
import { originAt } from './function-code.js';
import { originInC } from './origin-in-c.js';
import { pointedAt, readThrough, type Expression } from './expression.js';
import { variableIn } from './variable-in.js';

/** What the pointer in a register was in the source, and which member was gone for through it. */
export interface AccessedMember {
  readonly register: string;
  /** "inode->i_sb", and its type, as far as names and types say. */
  readonly pointer?: string;
  readonly type?: string;
  /** "inode->i_sb->s_op", in the struct at that offset. */
  readonly member?: { readonly text: string; readonly struct: string; readonly offset: number };
  /** What tells them. */
  readonly source?: string;
  /** It is what the function was given, as this argument, from 0. */
  readonly argument?: number;
}

/** An address by one register. */
export interface Operand {
  readonly register: string;
  readonly displacement: number;
  /** How many are read or written, where that is known. */
  readonly bytes?: number;
}

/** What the instruction at `ip` went for; undefined where its one register can't be followed. */
export function accessedMember(kernel: Kernel, ip: bigint, access: MemoryAccess): AccessedMember | undefined {
  const [base, ...others] = access.parts;
  if (base === undefined || others.length > 0 || base.scale !== 1) return undefined;
  const { register } = base;
  return memberBy(kernel, ip, { register, displacement: access.displacement, ...defined({ bytes: access.bytes }) });
}

/** The same of an operand of the instruction at `at`: by the code, else by the variables that DWARF tells. */
export function memberBy(kernel: Kernel, at: bigint, operand: Operand): AccessedMember | undefined {
  const byCode = memberByCode(kernel, at, operand);
  if (byCode?.member !== undefined) return byCode;
  const variable = variableIn(kernel, at, operand);
  return variable === undefined ? byCode : { ...byCode, ...told(operand, variable, 0) };
}

function memberByCode(kernel: Kernel, at: bigint, operand: Operand): AccessedMember | undefined {
  const found = originAt(kernel, at, operand.register);
  if (found === undefined) return undefined;
  const { base, loads, add } = found.origin;
  const value = originInC(kernel, found.origin, found.symbol);
  const argument = base.is === 'argument' && loads.length === 0 && add === 0 ? base.number : undefined;
  return { ...told(operand, value, add), ...defined({ argument }) };
}

/** @param value what the register's value is made of @param add what was added to it */
function told({ register, displacement, bytes }: Operand, value: Expression | undefined, add: number): AccessedMember {
  if (value === undefined) return { register };
  const struct = value.type && pointedAt(value.type);
  const offset = add + displacement;
  const text = readThrough(value, offset, bytes)?.text;
  return {
    register,
    source: value.source,
    ...defined({
      pointer: add === 0 || text !== undefined ? value.text : undefined,
      type: value.type && typeName(value.type),
      member: text === undefined || struct === undefined ? undefined : { text, struct: typeName(struct), offset },
    }),
  };
}
