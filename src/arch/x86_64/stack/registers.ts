import type { CallingConvention } from '../../../debuginfo/dwarf/call-frame.js';
import { defined } from '../../../words/defined.js';
import type { RegisterFile } from '../../stack/frame.js';
import type { FrameRegisters, RegisterNumbers } from '../../stack/stack-architecture.js';
import type { X86Registers } from '../pt-regs-order.js';

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

/** System V ABI for AMD64, figures 3.4 and 3.36: rbx, rbp, r12 to r15. */
export const convention: CallingConvention = { calleeSaved: new Set([3, 6, 12, 13, 14, 15]), stackPointer: DWARF.sp };

export const registers: RegisterNumbers = {
  names: names.map(([name]) => `r${name.replace(/^r/, '')}`),
  ip: DWARF.ip,
  sp: DWARF.sp,
  framePointer: DWARF.bp,
  firstArgument: DWARF.di,
};

export function registerFile(known: Partial<X86Registers>): RegisterFile {
  return names.map(([name]) => known[name]);
}

export function frameOf(known: Partial<X86Registers> & Pick<X86Registers, 'ip'>): FrameRegisters {
  return { ip: known.ip, sp: known.sp, registers: registerFile(known) };
}

/** The caller's registers where nothing is known of them but these. */
export function onlyKnown(ip: bigint, sp: bigint, bp: bigint | undefined): FrameRegisters {
  return frameOf({ ip, sp, ...defined({ bp }) });
}
