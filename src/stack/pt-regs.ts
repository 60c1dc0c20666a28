import type { X86Registers } from '../arch/x86_64/pt-regs-order.js';
import type { Kernel } from '../kernel/kernel.js';

/** The members of struct pt_regs in their order, eight bytes each: part of the ABI, the same in every kernel. */
const ORDER = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'orig_ax',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
] as const satisfies readonly (keyof X86Registers)[];

export const PT_REGS_BYTES = ORDER.length * 8;
/** ip, cs, flags, sp and ss: what the processor itself saves. */
export const IRET_FRAME_BYTES = 5 * 8;

const SEGMENTS: ReadonlySet<string> = new Set(['cs', 'ss']);
const CS_PRIVILEGE = 3n;

/**
 * Registers that an entry into the kernel saved: those of the code that was interrupted, or that made the system call.
 */
export interface SavedRegisters {
  /** Where the `struct pt_regs` stands; an entry that had only begun has saved its end alone. */
  readonly address: bigint;
  readonly registers: Partial<X86Registers> & Pick<X86Registers, 'ip' | 'cs' | 'flags' | 'sp' | 'ss'>;
  /** user_mode() in the kernel. */
  readonly user: boolean;
}

/** @throws ReadError */
export function readPtRegs(kernel: Kernel, address: bigint): SavedRegisters {
  const bytes = kernel.memory.read(address, PT_REGS_BYTES);
  const registers = take(bytes, 0) as X86Registers;
  return { address, registers, user: (registers.cs & CS_PRIVILEGE) !== 0n };
}

/**
 * The last five words of a pt_regs whose other part was not saved yet. @param frame the address of the saved ip @throws
 * ReadError
 */
export function readIretFrame(kernel: Kernel, frame: bigint): SavedRegisters {
  const registers = take(
    kernel.memory.read(frame, IRET_FRAME_BYTES),
    ORDER.indexOf('ip'),
  ) as SavedRegisters['registers'];
  return {
    address: frame - BigInt(PT_REGS_BYTES - IRET_FRAME_BYTES),
    registers,
    user: (registers.cs & CS_PRIVILEGE) !== 0n,
  };
}

function take(bytes: Uint8Array, first: number): Partial<X86Registers> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const registers: Partial<Record<keyof X86Registers, bigint>> = {};
  for (const [n, name] of ORDER.slice(first).entries()) {
    const value = view.getBigUint64(n * 8, true);
    // Above the selector FRED keeps other things (since 6.9).
    registers[name] = SEGMENTS.has(name) ? value & 0xffffn : value;
  }
  return registers;
}
