import type { CodeAction, CodeArchitecture } from '../../architecture.js';
import { instructionAt, LONGEST_INSTRUCTION, PREFIX, type Instruction } from './instruction.js';
import { bit, named, NUMBERED, REX_B, REX_R, REX_W } from './general-registers.js';
import { memoryAccess } from './memory-access.js';
import { misalignedBy } from './misaligned.js';
import { callTo, jumpsOut, origin } from './origins.js';
import { ARGUMENTS } from './register-values.js';

const CALL = 0xe8;
const [UD1, UD2] = [0x0fb9, 0x0f0b];
const JUMP = 0xe9;
/** With the register field of ModRM: inc, dec, call, push (volume 2, table A-6, group 5). */
const GROUP_5 = 0xff;
const [INC, DEC, CALL_INDIRECT, PUSH] = [0, 1, 2, 6];
/** The first argument of a function: System V ABI for AMD64. */
const RDI = 7;

/** How far an inlined unlock's store may be behind the load of the lock's address. */
const STORE_BYTES = 16;
/** How far a per-CPU count may be from the load of the pointer to it. */
const COUNT_BYTES = 24;

const thunks = Object.fromEntries(
  NUMBERED.map(named).flatMap((register) => [
    [`__x86_indirect_thunk_${register}`, register],
    [`__x86_indirect_call_thunk_${register}`, register],
    [`__x86_indirect_jump_thunk_${register}`, register],
  ]),
);

export const code: CodeArchitecture = {
  longestCall: 7,
  callBefore,
  actions,
  addressesNamed,
  firstLockedBit,
  pauses,
  stackWrite,
  memoryAccess,
  misalignedBy,
  origin,
  callTo,
  jumpsOut,
  argumentRegisters: ARGUMENTS.map(named),
  thunks,
  breakpoint: Uint8Array.of(0xcc),
  warningEntry: ({ di }) => di,
  isTrap: (bytes) => [UD1, UD2].includes(instructionAt(bytes, 0)?.opcode ?? 0),
  longestInstruction: LONGEST_INSTRUCTION,
};

/** An instruction, and where it stands. */
interface Placed {
  readonly at: number;
  readonly instruction: Instruction;
}

/** The instructions of a function, from its first byte on; bytes that are none are passed over one by one. */
function* instructionsOf(bytes: Uint8Array): Generator<Placed> {
  for (let at = 0; at < bytes.length;) {
    const instruction = instructionAt(bytes, at);
    if (instruction !== undefined) yield { at, instruction };
    at += instruction?.length ?? 1;
  }
}

/** E8 with a distance, or FF /2 in any of its lengths: without a prefix, which is not needed to know it. */
function callBefore(bytes: Uint8Array, next: bigint): { target?: bigint } | undefined {
  for (const length of [5, 2, 3, 4, 6, 7]) {
    const at = bytes.length - length;
    if (at < 0 || (bytes[at] !== CALL && bytes[at] !== GROUP_5)) continue;
    const instruction = instructionAt(bytes, at);
    if (instruction?.length !== length) continue;
    if (instruction.opcode === CALL) return { target: ahead(next, instruction.immediate) };
    if (instruction.reg === CALL_INDIRECT) return {};
  }
  return undefined;
}

function* actions(bytes: Uint8Array, start: bigint): Generator<CodeAction> {
  let argument: { value: bigint; at: number } | undefined;
  /** Pointers that were loaded from a variable, by register. */
  const loaded = new Map<number, { address: bigint; at: number }>();
  for (const { at, instruction } of instructionsOf(bytes)) {
    const after = at + instruction.length;
    const end = start + BigInt(after);
    switch (instruction.opcode) {
      case CALL:
      case JUMP:
        yield {
          does: instruction.opcode === CALL ? 'call' : 'jump',
          target: ahead(end, instruction.immediate),
          at,
          after,
          ...(argument && { argument }),
        };
        break;
      case 0xc7: // mov $imm32, %reg
      case 0x8d: // lea disp32(%rip), %reg
      case 0x8b: {
        // mov disp32(%rip), %reg
        const value = constantOf(instruction, end);
        if (value === undefined) break;
        if (instruction.opcode === 0x8b) loaded.set(registerOf(instruction), { address: value, at });
        else if (registerOf(instruction) === RDI) argument = { value, at };
        break;
      }
      case 0xc6: {
        const address = zeroByteAt(instruction, end, at, argument);
        if (address !== undefined) yield { does: 'store zero', address, after };
        break;
      }
      case GROUP_5: {
        const pointer = counted(instruction);
        const from = pointer === undefined ? undefined : loaded.get(pointer);
        if (from !== undefined && from.at >= at - COUNT_BYTES)
          yield { does: instruction.reg === INC ? 'count up' : 'count down', pointer: from.address, after };
        break;
      }
      default:
    }
  }
}

/** What goes into a register without a doubt: `mov $imm32, %reg`, `lea` or `mov` of a place relative to the code. */
function constantOf(instruction: Instruction, end: bigint): bigint | undefined {
  const { opcode, rex, mode, reg, ripRelative, displacement, immediate } = instruction;
  if ((rex & REX_W) === 0) return undefined;
  if (opcode === 0xc7)
    return mode === 3 && reg === 0 && immediate !== undefined ? BigInt.asUintN(64, BigInt(immediate)) : undefined;
  return ripRelative ? ahead(end, displacement) : undefined;
}

/** The register that is written: 0 to 15. */
function registerOf({ opcode, rex, reg, rm }: Instruction): number {
  return opcode === 0xc7 ? rm | bit(rex, REX_B) : reg | bit(rex, REX_R);
}

/** `movb $0, disp32(%rip)`, or `movb $0, (%rdi)` behind a load of RDI. */
function zeroByteAt(
  { mode, reg, rm, ripRelative, immediate, displacement, rex, prefixes }: Instruction,
  end: bigint,
  at: number,
  argument: { value: bigint; at: number } | undefined,
): bigint | undefined {
  if (reg !== 0 || immediate !== 0 || rex !== 0 || prefixes !== 0) return undefined;
  if (ripRelative) return ahead(end, displacement);
  const isThroughArgument = mode === 0 && rm === RDI;
  return isThroughArgument && argument !== undefined && argument.at >= at - STORE_BYTES ? argument.value : undefined;
}

/** The register that points to a per-CPU count: `incl` or `decl %gs:(%reg)`. */
function counted({ mode, reg, rm, ripRelative, rex, prefixes }: Instruction): number | undefined {
  if ((reg !== INC && reg !== DEC) || prefixes !== PREFIX.gs || (rex & REX_W) !== 0) return undefined;
  if (mode !== 0 || rm === 4 || ripRelative) return undefined;
  return rm | bit(rex, REX_B);
}

/** Constants of four bytes in the code, and places relative to it. */
function* addressesNamed(bytes: Uint8Array, start: bigint): Generator<bigint> {
  for (const { at, instruction } of instructionsOf(bytes)) {
    const { ripRelative, displacement, immediate } = instruction;
    if (ripRelative) yield ahead(start + BigInt(at + instruction.length), displacement);
    else if (displacement !== undefined) yield BigInt.asUintN(64, BigInt(displacement));
    if (immediate !== undefined) yield BigInt.asUintN(64, BigInt(immediate));
  }
}

/** `lock bts $n, mem`: test_and_set_bit() of a constant, 0f ba /5. */
function firstLockedBit(bytes: Uint8Array): number | undefined {
  for (const { instruction } of instructionsOf(bytes)) {
    const { opcode, mode, reg, rex, prefixes, immediate } = instruction;
    // On a machine that booted with one CPU the kernel puts a DS prefix in the place of LOCK.
    const isLocked = (prefixes & (PREFIX.lock | PREFIX.ds)) !== 0;
    if (opcode === 0x0fba && reg === 5 && mode !== 3 && (rex & REX_W) !== 0 && isLocked) return immediate;
  }
  return undefined;
}

/** cpu_relax() is `pause`, f3 90. The bytes may begin within an instruction. */
function pauses(bytes: Uint8Array): boolean {
  return bytes.some((byte, at) => byte === 0xf3 && instructionAt(bytes, at)?.opcode === 0x90);
}

/** 50 to 57, 68, 6a, ff /6; e8, ff /2. */
function stackWrite(bytes: Uint8Array): 'push' | 'call' | undefined {
  const { opcode = 0, reg = 0 } = instructionAt(bytes, 0) ?? {};
  if ((opcode & 0xf8) === 0x50 || opcode === 0x68 || opcode === 0x6a) return 'push';
  if (opcode === CALL) return 'call';
  if (opcode !== GROUP_5) return undefined;
  return reg === PUSH ? 'push' : reg === CALL_INDIRECT ? 'call' : undefined;
}

function ahead(end: bigint, distance = 0): bigint {
  return BigInt.asUintN(64, end + BigInt(distance));
}
