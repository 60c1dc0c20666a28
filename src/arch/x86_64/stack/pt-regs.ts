import type { SavedRegisters } from '../../stack/frame.js';
import { isUserMode, PT_REGS_ORDER, type GeneralRegister, type X86Registers } from '../pt-regs-order.js';
import type { Kernel } from '../../../kernel/kernel.js';

export const PT_REGS_BYTES = PT_REGS_ORDER.length * 8;
/** ip, cs, flags, sp and ss: what the processor itself saves. */
export const IRET_FRAME_BYTES = 5 * 8;

const SEGMENTS: ReadonlySet<string> = new Set(['cs', 'ss']);

type IretFrame = Pick<X86Registers, 'ip' | 'cs' | 'flags' | 'sp' | 'ss'>;

/** @throws ReadError */
export function readPtRegs(kernel: Kernel, address: bigint): SavedRegisters {
  const bytes = kernel.memory.read(address, PT_REGS_BYTES);
  const registers = take(bytes, 0) as X86Registers;
  return { address, registers, user: isUserMode(registers) };
}

/**
 * The last five words of a pt_regs whose other part was not saved yet. @param frame the address of the saved ip @throws
 * ReadError
 */
export function readIretFrame(kernel: Kernel, frame: bigint): SavedRegisters {
  const registers = take(kernel.memory.read(frame, IRET_FRAME_BYTES), PT_REGS_ORDER.indexOf('ip')) as IretFrame;
  return {
    address: frame - BigInt(PT_REGS_BYTES - IRET_FRAME_BYTES),
    registers,
    user: isUserMode(registers),
  };
}

function take(bytes: Uint8Array, first: number): Partial<Record<GeneralRegister, bigint>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const registers: Partial<Record<GeneralRegister, bigint>> = {};
  for (const [n, name] of PT_REGS_ORDER.slice(first).entries()) {
    const value = view.getBigUint64(n * 8, true);
    // Above the selector FRED keeps other things (since 6.9).
    registers[name] = SEGMENTS.has(name) ? value & 0xffffn : value;
  }
  return registers;
}
