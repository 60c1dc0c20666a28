/** x86_64's general registers as `struct pt_regs` names them; 64 bits each. */
export interface X86Registers {
  r15: bigint;
  r14: bigint;
  r13: bigint;
  r12: bigint;
  bp: bigint;
  bx: bigint;
  r11: bigint;
  r10: bigint;
  r9: bigint;
  r8: bigint;
  ax: bigint;
  cx: bigint;
  dx: bigint;
  si: bigint;
  di: bigint;
  orig_ax: bigint;
  ip: bigint;
  cs: bigint;
  flags: bigint;
  sp: bigint;
  ss: bigint;
}

/** Control registers that only QEMU's own note has. */
export interface X86ControlRegisters {
  cr0: bigint;
  cr2: bigint;
  cr3: bigint;
  cr4: bigint;
  gsBase: bigint;
  kernelGsBase: bigint;
}

/**
 * One register note in the order of the file. Which CPU it belongs to is told elsewhere: `crash_notes`, or the order in
 * QEMU's dumps.
 */
export interface RegisterNote {
  /** The note's place in the file, from 0. */
  index: number;
  /** `pr_pid` of an NT_PRSTATUS; 0 where the note has none. */
  pid: number;
  registers: X86Registers;
  control?: X86ControlRegisters;
  /** The raw NT_PRSTATUS descriptor: held against `crash_notes` to find the CPU. */
  prstatus?: Uint8Array;
}
