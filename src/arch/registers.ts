/** A CPU's general registers by the names that the kernel has for them, 64 bits each. */
export interface Registers {
  /** The next instruction. */
  readonly ip: bigint;
  /** The stack pointer. */
  readonly sp: bigint;
  readonly [name: string]: bigint;
}

/** Registers that only a hypervisor's own note has: what they are called and mean, their architecture knows. */
export type ControlRegisters = Readonly<Record<string, bigint>>;

/**
 * One register note in the order of the file. Which CPU it belongs to is told elsewhere: `crash_notes`, or the order in
 * QEMU's dumps.
 */
export interface RegisterNote {
  /** The note's place in the file, from 0. */
  index: number;
  /** `pr_pid` of an NT_PRSTATUS; 0 where the note has none. */
  pid: number;
  registers: Registers;
  control?: ControlRegisters;
  /** The raw NT_PRSTATUS descriptor: held against `crash_notes` to find the CPU. */
  prstatus?: Uint8Array;
}

/** The same where not all are known: the text of an oops may lack some. */
export type KnownRegisters = Readonly<Record<string, bigint | undefined>>;
