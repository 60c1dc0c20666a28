import { indexOf } from './general-registers.js';
import { PREFIX, type Instruction } from './instruction.js';

/** The target of a direct jump, and whether it is taken always. @param next where the instruction ends */
export function jumpTarget(
  { opcode, immediate }: Instruction,
  next: bigint,
): { target: bigint; always: boolean } | undefined {
  const always = opcode === 0xe9 || opcode === 0xeb;
  const isJump = always || isConditional(opcode);
  return isJump && immediate !== undefined
    ? { target: BigInt.asUintN(64, next + BigInt(immediate)), always }
    : undefined;
}

/** jcc, loop and jrcxz */
function isConditional(opcode: number): boolean {
  return (
    (opcode >= 0x70 && opcode <= 0x7f) || (opcode >= 0x0f80 && opcode <= 0x0f8f) || (opcode >= 0xe0 && opcode <= 0xe3)
  );
}

/** Returns, and int3, which pads functions: what ends a way. A ud2 does not, for a WARN() goes on behind it. */
export function isEnd({ opcode }: Instruction): boolean {
  return [0xc2, 0xc3, 0xca, 0xcb, 0xcc, 0xcf].includes(opcode);
}

/** Of an indirect jump: whether it leaves the function, or goes by a table within it. undefined for all others. */
export function isTailCall(instruction: Instruction): boolean | undefined {
  const { opcode, reg, prefixes } = instruction;
  if (opcode !== 0xff || reg !== 4) return undefined;
  // Without tracking of its target (notrack, 3e) it is a switch.
  return indexOf(instruction) === undefined && (prefixes & PREFIX.ds) === 0;
}
