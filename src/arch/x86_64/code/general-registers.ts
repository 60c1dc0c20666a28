import type { Instruction } from './instruction.js';

/** By their numbers in ModRM and SIB, as `struct pt_regs` calls them. */
export const NUMBERED = 'ax cx dx bx sp bp si di r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');

export const [REX_B, REX_X, REX_R, REX_W] = [1, 2, 4, 8];

/** What a bit of REX adds to a register's number. */
export function bit(rex: number, which: number): number {
  return (rex & which) === 0 ? 0 : 8;
}

/** "rdi", "r12" */
export function named(name: string): string {
  return name.startsWith('r') ? name : `r${name}`;
}

/** The number of one by that name; -1 for any other word. */
export function numberOf(name: string): number {
  return NUMBERED.findIndex((one) => named(one) === name);
}

const NO_INDEX = 4;
const NO_BASE = 5;

/** The number of the register that a memory operand starts from; undefined without one. Volume 2, tables 2-2, 2-3. */
export function baseOf({ mode, rm, sib, rex, ripRelative }: Instruction): number | undefined {
  if (ripRelative) return undefined;
  if (sib === undefined) return rm | bit(rex, REX_B);
  return (sib & 7) === NO_BASE && mode === 0 ? undefined : (sib & 7) | bit(rex, REX_B);
}

/** The number of the register that is scaled in a memory operand; undefined without one. */
export function indexOf({ sib, rex }: Instruction): number | undefined {
  const index = sib === undefined ? NO_INDEX : ((sib >> 3) & 7) | bit(rex, REX_X);
  return index === NO_INDEX ? undefined : index;
}
