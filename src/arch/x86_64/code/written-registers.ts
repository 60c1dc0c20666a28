import { bit, REX_B, REX_R } from './general-registers.js';
import type { Instruction } from './instruction.js';

const [AX, CX, DX, BX, SP, BP, SI, DI] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** What a call need not keep: System V ABI for AMD64, 3.2.1. */
const CALL_CLOBBERED = [AX, CX, DX, SI, DI, 8, 9, 10, 11];

const NONE: readonly number[] = [];

/** Where an instruction's result goes: its ModRM byte's own register, the operand, registers that it implies. */
type Result = 'own' | 'operand' | 'both' | 'none' | readonly number[];

/** The general registers that an instruction may write, by number; all where it is not known. */
export function writtenBy(instruction: Instruction): readonly number[] | 'all' {
  const { mode, reg, rm, rex } = instruction;
  const result = resultOf(instruction);
  if (result === undefined) return 'all';
  if (typeof result !== 'string') return result;
  const own = result === 'own' || result === 'both' ? [reg | bit(rex, REX_R)] : NONE;
  const operand = mode === 3 && (result === 'operand' || result === 'both') ? [rm | bit(rex, REX_B)] : NONE;
  const written = [...own, ...operand];
  return isOfBytes(instruction.opcode) && rex === 0 ? written.map(ofHighByte) : written;
}

/** Its operands are bytes. */
function isOfBytes(opcode: number): boolean {
  if (opcode >= 0x0f90 && opcode <= 0x0f9f) return true;
  return (opcode & 1) === 0 && (opcode < 0x40 || BYTE_FORMS.has(opcode));
}

const BYTE_FORMS: ReadonlySet<number> = new Set([
  0x80, 0x86, 0x88, 0x8a, 0xc0, 0xc6, 0xd0, 0xd2, 0xf6, 0xfe, 0x0fb0, 0x0fc0,
]);

/** Without REX 4 to 7 are ah, ch, dh and bh. */
function ofHighByte(number: number): number {
  return number < 4 ? number : number - 4;
}

/** Volume 2, appendix A; undefined for what kernel code hardly has. */
function resultOf({ opcode, reg, rex, mode }: Instruction): Result | undefined {
  if (opcode < 0x40) return arithmetic(opcode);
  if (opcode >= 0x50 && opcode <= 0x57) return 'none'; // push
  if (opcode >= 0x58 && opcode <= 0x5f) return [(opcode & 7) | bit(rex, REX_B)]; // pop
  if (opcode >= 0x70 && opcode <= 0x7f) return 'none'; // jcc
  if (opcode >= 0x80 && opcode <= 0x83) return reg === 7 ? 'none' : 'operand';
  if (opcode >= 0x90 && opcode <= 0x97) return exchanged((opcode & 7) | bit(rex, REX_B));
  if (opcode >= 0xa4 && opcode <= 0xaf && opcode !== 0xa8 && opcode !== 0xa9) return [AX, CX, SI, DI]; // strings
  if (opcode >= 0xb0 && opcode <= 0xb7) return [rex === 0 ? opcode & 3 : (opcode & 7) | bit(rex, REX_B)]; // mov
  if (opcode >= 0xb8 && opcode <= 0xbf) return [(opcode & 7) | bit(rex, REX_B)];
  if (opcode >= 0xd0 && opcode <= 0xd3) return 'operand'; // shifts
  if (opcode >= 0x0f18 && opcode <= 0x0f1f) return 'none'; // prefetch, nop
  if (opcode >= 0x0f40 && opcode <= 0x0f4f) return 'own'; // cmov
  if (opcode >= 0x0f80 && opcode <= 0x0f8f) return 'none'; // jcc
  if (opcode >= 0x0f90 && opcode <= 0x0f9f) return 'operand'; // setcc
  if (opcode === 0x0fb0 || opcode === 0x0fb1) return mode === 3 ? undefined : [AX]; // cmpxchg
  if (opcode >= 0x0fc8 && opcode <= 0x0fcf) return [(opcode & 7) | bit(rex, REX_B)]; // bswap
  return results[opcode] ?? grouped(opcode, reg);
}

/** add, or, adc, sbb, and, sub, xor; cmp, which writes none */
function arithmetic(opcode: number): Result | undefined {
  if ((opcode & 7) > 5) return undefined;
  if (opcode >= 0x38) return 'none';
  if ((opcode & 7) > 3) return [AX];
  return (opcode & 2) === 0 ? 'operand' : 'own';
}

/** nop is one of ax with itself. */
function exchanged(register: number): Result {
  return register === AX ? 'none' : [AX, register];
}

function grouped(opcode: number, reg: number): Result | undefined {
  switch (opcode) {
    case 0xf6: // test, not, neg, mul, div
    case 0xf7:
      if (reg < 2) return 'none';
      return reg < 4 ? 'operand' : [AX, DX];
    case 0xff: // inc, dec, call, jmp, push
      if (reg < 2) return 'operand';
      return reg === 2 ? CALL_CLOBBERED : 'none';
    case 0x0fba: // bt, bts, btr, btc
      return reg === 4 ? 'none' : 'operand';
    default:
      return undefined;
  }
}

const results: Readonly<Record<number, Result>> = {
  0x63: 'own', // movsxd
  0x68: 'none', // push
  0x69: 'own', // imul
  0x6a: 'none',
  0x6b: 'own',
  0x84: 'none', // test
  0x85: 'none',
  0x86: 'both', // xchg
  0x87: 'both',
  0x88: 'operand', // mov
  0x89: 'operand',
  0x8a: 'own',
  0x8b: 'own',
  0x8d: 'own', // lea
  0x8f: 'operand', // pop
  0x98: [AX], // cdqe
  0x99: [DX], // cqo
  0x9c: 'none', // pushf, popf
  0x9d: 'none',
  0xa8: 'none', // test
  0xa9: 'none',
  0xc0: 'operand', // shifts
  0xc1: 'operand',
  0xc6: 'operand', // mov
  0xc7: 'operand',
  0xc9: [SP, BP], // leave
  0xe0: [CX], // loop, jrcxz
  0xe1: [CX],
  0xe2: [CX],
  0xe3: 'none',
  0xe8: CALL_CLOBBERED,
  0xe9: 'none',
  0xeb: 'none',
  0xf4: 'none', // hlt
  0xfa: 'none', // cli, sti, cld
  0xfb: 'none',
  0xfc: 'none',
  0xfe: 'operand', // inc, dec
  0x0f01: [AX, CX, DX], // stac, clac, rdtscp, …
  0x0f0b: 'none', // ud2
  0x0f0d: 'none', // prefetchw
  0x0f20: 'operand', // mov of control and debug registers
  0x0f21: 'operand',
  0x0f22: 'none',
  0x0f23: 'none',
  0x0f30: 'none', // wrmsr
  0x0f31: [AX, DX], // rdtsc
  0x0f32: [AX, DX], // rdmsr
  0x0fa2: [AX, BX, CX, DX], // cpuid
  0x0fa3: 'none', // bt
  0x0fa4: 'operand', // shld
  0x0fa5: 'operand',
  0x0fab: 'operand', // bts
  0x0fac: 'operand', // shrd
  0x0fad: 'operand',
  0x0fae: 'operand', // fences, rdgsbase
  0x0faf: 'own', // imul
  0x0fb3: 'operand', // btr
  0x0fb6: 'own', // movzx
  0x0fb7: 'own',
  0x0fb8: 'own', // popcnt
  0x0fb9: 'none', // ud1
  0x0fbb: 'operand', // btc
  0x0fbc: 'own', // bsf
  0x0fbd: 'own',
  0x0fbe: 'own', // movsx
  0x0fbf: 'own',
  0x0fc0: 'both', // xadd
  0x0fc1: 'both',
  0x0fc3: 'none', // movnti
};
