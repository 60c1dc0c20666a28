import type { SymbolName } from '../../../symbols/symbol-names.js';
import type { CallingConvention } from '../../debuginfo/dwarf/call-frame.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import type { Task } from '../../linux/sched/tasks.js';
import type { Registers, ControlRegisters } from '../registers.js';
import type { Caller, Frame, RegisterFile, SavedRegisters } from './frame.js';
import type { InterruptionKind } from './interruption-kind.js';
import type { OopsPrinting } from './oops-printing.js';
import type { StackArea } from './stack-area.js';
import type { StackMemory } from './stack-memory.js';

/**
 * What an architecture says of stacks: where they are, and how they are unwound. It asks the kernel, and stands above
 * it; `Architecture` is what stands below.
 */
export interface StackArchitecture {
  readonly registers: RegisterNumbers;
  /** What call frame information leaves to the calling convention. */
  readonly convention: CallingConvention;
  /** A file of the kernel's own in assembler, and a function in it: they tell where its sources stood. */
  readonly anchor: readonly [symbol: SymbolName, path: string];
  /** The frame that a CPU's registers are of. */
  readonly frameOf: (registers: Partial<Registers> & { readonly ip: bigint }) => FrameRegisters;
  readonly isUserMode: (registers: Registers) => boolean;
  /** The stacks that a CPU has beside those of tasks, by what gaps call them. @throws ReadError, Implausible */
  readonly cpuStacks: readonly (readonly [what: string, read: (kernel: Kernel, cpu: number) => readonly StackArea[]])[];
  /** What the kernel's own tables say of unwinding; undefined for a kernel without. */
  readonly unwindTables: (kernel: Kernel) => UnwindTables | undefined;
  /**
   * The caller by frame pointers; undefined at the bottom. @param pushed nothing, where the function has just been
   * entered @throws ReadError, Implausible
   */
  readonly framePointerCaller: (memory: StackMemory, frame: Frame, pushed: 'nothing' | 'all') => Caller | undefined;
  /** Where a task that sleeps goes on, by what the switch away from it has saved. @throws ReadError, Implausible */
  readonly switchedOut: (kernel: Kernel, task: Task, area: StackArea) => Caller;
  /** The caller's frame where nothing is known of it but a return address, where that stands, and the frame pointer. */
  readonly behindReturn: (at: bigint, ip: bigint, framePointer: bigint | undefined) => FrameRegisters;
  /** The place on the stack of the return address that led to a caller with this stack pointer. */
  readonly returnSlot: (callersStackPointer: bigint) => bigint;
  /** The system call that user mode came in by; undefined where it came otherwise. */
  readonly systemCall: (saved: SavedRegisters) => { number: bigint; first: bigint | undefined } | undefined;
  /** The system call that a function of the table is: "write". */
  readonly systemCallName: (name: string) => string | undefined;
  /** What a handler is for, by a function in it. */
  readonly entries: readonly EntryKind[];
  /** The function that an interrupt or exception is named by. */
  readonly entryName: (name: string) => string | undefined;
  readonly dyingFunctions: DyingFunctions;
  readonly oops: OopsPrinting;
  /** The address of the last page fault by a hypervisor's own note, and the register that has it. */
  readonly lastFault: (
    control: ControlRegisters,
  ) => { readonly register: string; readonly address: bigint } | undefined;
  /** What is known of a write to a stack that is none, a sentence each. */
  readonly stackFault: (fault: StackFault) => string[];
}

/** Registers by the numbers that DWARF gives them. */
export interface RegisterNumbers {
  /** As an engineer writes them: "rdi". */
  readonly names: readonly string[];
  readonly ip: number;
  readonly sp: number;
  readonly framePointer: number;
  readonly firstArgument: number;
}

/** A frame's own, of its registers. */
export type FrameRegisters = Pick<Frame, 'ip' | 'sp'> & { readonly registers: RegisterFile };

export interface UnwindTables {
  /** For gaps: "ORC tables". */
  readonly name: string;
  /**
   * What the tables of the kernel, or of a module, say of an address; undefined where they say nothing. Reads the pages
   * that the search touches, no more. @throws ReadError, Implausible where it can't be read
   */
  readonly rule: (address: bigint, module: Ref<'module'> | undefined) => UnwindRule | undefined;
  /** For code that has saved all registers at its stack pointer. */
  readonly atSavedRegisters: UnwindRule;
}

export interface UnwindRule {
  /** Nothing has called what stands there. */
  readonly isBottom: boolean;
  /** undefined where the table says that it does not know. @throws ReadError, Implausible */
  readonly caller: ((memory: StackMemory, frame: Frame) => Caller) | undefined;
}

export type EntryKind = readonly [functions: RegExp, kind: InterruptionKind, words: string];

/** Functions that stand on a stack because the kernel was dying, by their names. */
export interface DyingFunctions {
  /** What runs once it is settled that the kernel, or this CPU, goes no further. */
  readonly dying: RegExp;
  /** What gives up on the code that an exception came over. */
  readonly oops: RegExp;
  /** What handles exceptions, NMIs and interrupts, from their entries on. */
  readonly handlers: RegExp;
}

/** An access by the stack pointer that failed. */
export interface StackFault {
  readonly sp: bigint;
  readonly control: ControlRegisters | undefined;
  /** How the instruction writes to the stack. */
  readonly write: 'push' | 'call' | undefined;
  readonly isUnmapped: (address: bigint) => boolean;
}
