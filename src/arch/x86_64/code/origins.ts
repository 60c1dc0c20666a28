import type { CallInCode, FunctionCode, JumpOut, Origin } from '../../architecture.js';
import { isTailCall, jumpTarget, isEnd } from './control-flow.js';
import { baseOf, bit, indexOf, named, NUMBERED, numberOf, REX_B } from './general-registers.js';
import { instructionAt, LONGEST_INSTRUCTION, type Instruction } from './instruction.js';
import { AT_ENTRY, afterwards, merged, type Values } from './register-values.js';

/** The kernel's largest functions have some ten thousand. */
const MOST_STEPS = 100_000;

/**
 * Where the value of a register came from, on whatever way the function came to the instruction at `at`; undefined
 * where that is not one place, or its code can't be followed. Registers are followed, and what is kept on the stack is
 * not.
 */
export function origin(code: FunctionCode, at: bigint, register: string): Origin | undefined {
  const number = numberOf(register);
  return number < 0 ? undefined : valuesOf(code)?.get(at)?.[number];
}

/** The call that returns to `next`, E8 or FF /2: found where a way through the function leads. */
export function callTo(code: FunctionCode, next: bigint): CallInCode | undefined {
  const values = valuesOf(code);
  if (values === undefined) return undefined;
  for (let at = next - 2n; at >= next - BigInt(LONGEST_INSTRUCTION); at--) {
    const instruction = values.has(at) ? read(code, at) : undefined;
    if (instruction === undefined || at + BigInt(instruction.length) !== next) continue;
    if (instruction.opcode === 0xe8) return { at };
    return instruction.opcode === 0xff && instruction.reg === 2 ? { at, ...pointerOf(instruction) } : undefined;
  }
  return undefined;
}

/** The jumps to other code, E9, EB or FF /4, wherever a way through the function leads. */
export function jumpsOut(code: FunctionCode): readonly JumpOut[] | undefined {
  const values = valuesOf(code);
  return values && [...values.keys()].flatMap((at) => jumpOut(code, at));
}

function jumpOut(code: FunctionCode, at: bigint): JumpOut[] {
  const instruction = read(code, at)!;
  if (isTailCall(instruction) === true) return [{ at, ...pointerOf(instruction) }];
  const jump = jumpTarget(instruction, at + BigInt(instruction.length));
  return jump === undefined || isWithin(code, jump.target) ? [] : [{ at, target: jump.target }];
}

function pointerOf(instruction: Instruction): Omit<CallInCode, 'at'> {
  const { mode, rm, rex, displacement = 0 } = instruction;
  if (mode === 3) return { register: named(NUMBERED[rm | bit(rex, REX_B)]!) };
  const base = baseOf(instruction);
  return base === undefined || indexOf(instruction) !== undefined
    ? {}
    : { register: named(NUMBERED[base]!), displacement };
}

/**
 * The registers before each instruction of a function that a way leads to. What is read through a register is told by
 * where that came from, or where that is not one place by the register itself: which it is, the first time tells.
 */
function valuesOf(code: FunctionCode): ReadonlyMap<bigint, Values> | undefined {
  const known = onAllWays(code);
  return known && onAllWays(code, known);
}

function onAllWays(code: FunctionCode, first?: ReadonlyMap<bigint, Values>): Map<bigint, Values> | undefined {
  const known = new Map<bigint, Values>();
  const pending: { at: bigint; values: Values }[] = [{ at: code[0].start, values: AT_ENTRY }];
  for (let steps = 0; pending.length > 0; steps++) {
    if (steps === MOST_STEPS) return undefined;
    const next = pending.pop()!;
    const before = known.get(next.at);
    const values = before === undefined ? next.values : merged(before, next.values);
    if (values === before) continue;
    known.set(next.at, values);
    const instruction = read(code, next.at);
    if (instruction === undefined) return undefined;
    const ways = waysFrom(next.at, instruction);
    if (ways === undefined) return undefined;
    const end = next.at + BigInt(instruction.length);
    const after = afterwards(values, instruction, { end, known: first?.get(next.at) });
    // A jump on a condition stays within the function: one that leads elsewhere is to a part that is not known.
    if (ways.length === 2 && !ways.every((way) => isWithin(code, way))) return undefined;
    for (const way of ways) if (isWithin(code, way)) pending.push({ at: way, values: after });
  }
  return known;
}

/** Where it goes on; undefined for a jump by a table. */
function waysFrom(at: bigint, instruction: Instruction): readonly bigint[] | undefined {
  const next = at + BigInt(instruction.length);
  const jump = jumpTarget(instruction, next);
  if (jump !== undefined) return jump.always ? [jump.target] : [jump.target, next];
  if (isEnd(instruction)) return [];
  const tail = isTailCall(instruction);
  if (tail === undefined) return [next];
  return tail ? [] : undefined;
}

function isWithin(code: FunctionCode, address: bigint): boolean {
  return code.some(({ start, bytes }) => address >= start && address < start + BigInt(bytes.length));
}

function read(code: FunctionCode, address: bigint): Instruction | undefined {
  for (const { start, bytes } of code) {
    const at = Number(address - start);
    if (at >= 0 && at < bytes.length) return instructionAt(bytes, at);
  }
  return undefined;
}
