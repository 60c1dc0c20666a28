import type { Registers } from '../registers.js';
import type { StackArea } from './stack-area.js';

/** A frame's registers as far as they are known, by DWARF number. */
export type RegisterFile = readonly (bigint | undefined)[];

/**
 * Registers that an entry into the kernel saved: those of the code that was interrupted, or that made the system call.
 */
export interface SavedRegisters {
  /** Where the `struct pt_regs` stands; an entry that had only begun has saved a part of it alone. */
  readonly address: bigint;
  /** By the names of `struct pt_regs`; those that were not saved are not there. */
  readonly registers: Registers;
  /** user_mode() in the kernel. */
  readonly user: boolean;
}

/**
 * How a frame was found: `call` by a return address behind a call of the very function whose caller is sought, from
 * where the stack unwinds to its bottom; `scanned` by a return address that stands on the stack, and not sure.
 */
export type Found = 'registers' | 'unwound' | 'framePointer' | 'call' | 'scanned';

/** One activation of code; functions inlined into it are told by `nameFrames`. */
export interface Frame {
  readonly ip: bigint;
  /** `ip` is the next instruction to run, not a return address. */
  readonly interrupted: boolean;
  /** The stack pointer; undefined where unwinding has lost it. */
  readonly sp: bigint | undefined;
  readonly registers: RegisterFile;
  readonly found: Found;
  /**
   * The saved registers that this frame was found by: the code below it came in by an exception, an interrupt or a
   * system call.
   */
  readonly entry?: SavedRegisters;
  /** Tracers had put these in place of the return address, the outermost first; `ip` is what they kept. */
  readonly trampolines?: readonly string[];
  /** Code of a process: the last frame. */
  readonly user?: true;
  /** The stack that the frame stands on; undefined where its stack pointer is in none. */
  readonly area?: StackArea;
}

/** The caller of a frame, before it is known where it stands. */
export type Caller = Omit<Frame, 'area'>;

/** A stack, innermost frame first. */
export interface UnwoundStack {
  readonly frames: readonly Frame[];
  /** Why it does not reach the bottom in the regular way; frames after `brokenAfter` are then `scanned`. */
  readonly end?: string;
  /** The index of the frame whose caller could not be found. */
  readonly brokenAfter?: number;
}

/** The stack pointer in this frame; undefined where unwinding has lost it. */
export function spOf({ sp }: Pick<Frame, 'sp'>): bigint | undefined {
  return sp;
}

/** The address whose code runs in a frame: before a return address lies the call. */
export function codeAddressOf({ ip, interrupted }: Frame): bigint {
  return interrupted ? ip : BigInt.asUintN(64, ip - 1n);
}
