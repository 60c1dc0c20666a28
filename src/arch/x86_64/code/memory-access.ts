import type { MemoryAccess } from '../../architecture.js';
import type { KnownRegisters } from '../../registers.js';
import { defined } from '../../../words/defined.js';
import { baseOf, indexOf, named, NUMBERED, REX_W } from './general-registers.js';
import { instructionAt, PREFIX, type Instruction } from './instruction.js';

const SEGMENT_FS = 0x64;

type Does = MemoryAccess['does'];
type Access = Pick<MemoryAccess, 'does' | 'bytes'>;

/**
 * What the first instruction does with the memory that its ModRM byte, or a string instruction, names. Pushes and
 * plain returns are not told: `stackWrite` is for these.
 */
export function memoryAccess(code: Uint8Array, registers: KnownRegisters): MemoryAccess | undefined {
  const instruction = instructionAt(code, 0);
  if (instruction === undefined) return undefined;
  const string = stringAccess(instruction, registers);
  if (string !== undefined) return string;
  if (instruction.mode === undefined || instruction.mode === 3) return undefined;
  const access = accessOf(instruction);
  if (access === undefined) return undefined;

  const segment = segmentOf(code, instruction);
  const { parts, displacement = 0 } = { parts: partsOf(instruction, registers), ...instruction };
  const ip = instruction.ripRelative ? registers['ip'] : 0n;
  if (parts === undefined || ip === undefined) return undefined;
  const next = instruction.ripRelative ? ip + BigInt(instruction.length) : 0n;
  const sum = parts.reduce((total, { value, scale }) => total + value * BigInt(scale), next + BigInt(displacement));
  return {
    ...access,
    operand: `${segment}${operandInWords(instruction, parts)}`,
    parts,
    displacement,
    ...defined({ address: segment === '' ? BigInt.asUintN(64, sum) : undefined }),
  };
}

/** A segment that is not the flat one. */
function segmentOf(code: Uint8Array, { prefixes }: Instruction): string {
  if ((prefixes & PREFIX.gs) !== 0) return '%gs:';
  return (prefixes & PREFIX.other) !== 0 && code.subarray(0, 4).includes(SEGMENT_FS) ? '%fs:' : '';
}

/** Its registers; an address of which a part is not known is not known. */
function partsOf(instruction: Instruction, registers: KnownRegisters): MemoryAccess['parts'] | undefined {
  const part = (number: number | undefined, scale: number): MemoryAccess['parts'] => {
    const name = number === undefined ? undefined : NUMBERED[number]!;
    const value = name === undefined ? undefined : registers[name];
    return name === undefined || value === undefined ? [] : [{ register: named(name), value, scale }];
  };
  const [base, index] = [baseOf(instruction), indexOf(instruction)];
  const parts = [...part(base, 1), ...part(index, 1 << ((instruction.sib ?? 0) >> 6))];
  return parts.length === Number(base !== undefined) + Number(index !== undefined) ? parts : undefined;
}

function operandInWords({ displacement, sib, mode, ripRelative }: Instruction, parts: MemoryAccess['parts']): string {
  const far = displacement === undefined || displacement === 0 ? '' : hex(displacement);
  const [base, index] = sib !== undefined && (sib & 7) === 5 && mode === 0 ? [undefined, parts[0]] : parts;
  if (ripRelative) return `${far}(%rip)`;
  if (base === undefined && index === undefined) return far === '' ? '0x0' : far;
  const scaled = index === undefined ? '' : `,%${index.register},${index.scale}`;
  return `${far}(${base === undefined ? '' : `%${base.register}`}${scaled})`;
}

function hex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** stos, lods and scas have one address. */
function stringAccess({ opcode, rex, prefixes }: Instruction, registers: KnownRegisters): MemoryAccess | undefined {
  const access = STRINGS[opcode & ~1];
  if (access === undefined) return undefined;
  const [does, name] = access;
  const value = registers[name];
  if (value === undefined) return undefined;
  const register = named(name);
  return {
    does,
    bytes: (opcode & 1) === 0 ? 1 : operandBytes(rex, prefixes),
    operand: `(%${register})`,
    parts: [{ register, value, scale: 1 }],
    displacement: 0,
    address: value,
  };
}

/** movs and cmps touch two places, and which of them failed is not told by the instruction alone. */
const STRINGS: Readonly<Record<number, readonly [Does, string]>> = {
  0xaa: ['write', 'di'],
  0xac: ['read', 'si'],
  0xae: ['read', 'di'],
};

/** What the instruction does with its memory operand: volume 2, appendix A. */
function accessOf({ opcode, reg, rex, prefixes }: Instruction): Access | undefined {
  const whole = operandBytes(rex, prefixes);
  const sized = (does: Does): Access => ({ does, bytes: (opcode & 1) === 0 ? 1 : whole });
  if (opcode < 0x40) return (opcode & 2) !== 0 || opcode >= 0x38 ? sized('read') : sized('read and write');
  if (opcode >= 0x80 && opcode <= 0x83) return sized(reg === 7 ? 'read' : 'read and write');
  if (opcode >= 0x0f90 && opcode <= 0x0f9f) return { does: 'write', bytes: 1 };
  if (opcode >= 0x0f40 && opcode <= 0x0f4f) return { does: 'read', bytes: whole };
  switch (opcode) {
    case 0x63: // movsxd
      return { does: 'read', bytes: 4 };
    case 0x69: // imul
    case 0x6b:
    case 0x0faf:
      return { does: 'read', bytes: whole };
    case 0x84: // test
    case 0x85:
    case 0x8a: // mov
    case 0x8b:
      return sized('read');
    case 0x86: // xchg
    case 0x87:
    case 0xc0: // shifts
    case 0xc1:
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
    case 0x0fb0: // cmpxchg
    case 0x0fb1:
    case 0x0fc0: // xadd
    case 0x0fc1:
      return sized('read and write');
    case 0x88: // mov
    case 0x89:
    case 0xc6:
    case 0xc7:
      return sized('write');
    case 0xf6: // test, not, neg, mul, div
    case 0xf7:
      return sized(reg === 2 || reg === 3 ? 'read and write' : 'read');
    case 0xfe: // inc, dec
      return sized('read and write');
    case 0xff:
      return groupFive(reg, whole);
    case 0x0fb6: // movzx, movsx
    case 0x0fbe:
      return { does: 'read', bytes: 1 };
    case 0x0fb7:
    case 0x0fbf:
      return { does: 'read', bytes: 2 };
    case 0x0fa3: // bt
    case 0x0fbc: // bsf, bsr
    case 0x0fbd:
      return { does: 'read', bytes: whole };
    case 0x0fab: // bts, btr, btc
    case 0x0fb3:
    case 0x0fbb:
      return { does: 'read and write', bytes: whole };
    case 0x0fba:
      return { does: reg === 4 ? 'read' : 'read and write', bytes: whole };
    case 0x0fc3: // movnti
      return { does: 'write', bytes: whole };
    case 0x0fc7: // cmpxchg8b and 16b
      return reg === 1 ? { does: 'read and write', bytes: (rex & REX_W) === 0 ? 8 : 16 } : undefined;
    case 0x0f10: // movups, movaps
    case 0x0f28:
    case 0x0f6f: // movdqa, movdqu
      return { does: 'read' };
    case 0x0f11:
    case 0x0f29:
    case 0x0f7f:
    case 0x0fe7: // movntdq
      return { does: 'write' };
    default:
      return undefined;
  }
}

/** inc, dec, call, jmp, push */
function groupFive(reg: number, whole: number): Access | undefined {
  if (reg < 2) return { does: 'read and write', bytes: whole };
  if (reg === 2) return { does: 'call', bytes: 8 };
  if (reg === 4) return { does: 'jump', bytes: 8 };
  return reg === 6 ? { does: 'read', bytes: 8 } : undefined;
}

function operandBytes(rex: number, prefixes: number): number {
  if ((rex & REX_W) !== 0) return 8;
  return (prefixes & PREFIX.operandSize) === 0 ? 4 : 2;
}
