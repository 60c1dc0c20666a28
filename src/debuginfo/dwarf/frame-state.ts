/** One frame of a stack, as the unwinder found it; addresses and registers are the dead machine's. */
export interface FrameState {
  /** The program counter: of the next instruction in the innermost or an interrupted frame, else a return address. */
  pc: bigint;
  /** Whether `pc` is the next instruction to run, rather than a return address. */
  interrupted: boolean;
  /** A register by its DWARF number; undefined where its value is lost. */
  register(number: number): bigint | undefined;
  /** The canonical frame address, where the unwinder knows it; else it is had from the call frame information. */
  cfa?: bigint | undefined;
  /** The frame that called this one; needed for values that only the caller still has. */
  caller?(): FrameState | undefined;
}

/** The address whose code is running: before a return address lies the call itself. */
export function codeAddress(frame: FrameState): bigint {
  return frame.interrupted ? frame.pc : frame.pc - 1n;
}

/** Memory of the dead machine; undefined where the bytes can't be had. */
export type ReadMemory = (address: bigint, length: number) => Uint8Array | undefined;
