import { defined } from '../words/defined.js';
import type { X86Registers } from '../arch/x86_64/pt-regs-order.js';

/** A frame's registers as far as they are known, by DWARF number: 0 to 15 general, 16 the instruction pointer. */
export type RegisterFile = readonly (bigint | undefined)[];

/** System V ABI for AMD64, figure 3.36. */
export const DWARF = {
  ax: 0,
  dx: 1,
  cx: 2,
  bx: 3,
  si: 4,
  di: 5,
  bp: 6,
  sp: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
  ip: 16,
} as const;

/** In the order of their numbers. */
const names = (Object.entries(DWARF) as [keyof typeof DWARF, number][]).toSorted(([, a], [, b]) => a - b);

export function registerFile(registers: Partial<X86Registers>): (bigint | undefined)[] {
  return names.map(([name]) => registers[name]);
}

/** The caller's registers where nothing is known of them but these. */
export function onlyKnown(ip: bigint, sp: bigint, bp: bigint | undefined): (bigint | undefined)[] {
  return registerFile({ ip, sp, ...defined({ bp }) });
}
