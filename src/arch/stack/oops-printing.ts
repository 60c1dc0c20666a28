import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../linux/sched/tasks.js';
import type { PrintedLine } from '../../words/printed-line.js';
import type { MemoryAccess } from '../architecture.js';
import type { Registers } from '../registers.js';
import type { SavedRegisters } from './frame.js';
import type { StackArea } from './stack-area.js';
import type { InterruptionKind } from './interruption-kind.js';

/** An exception that the kernel could not go on after, as far as it is to be printed. */
export interface PrintedException {
  readonly kind: InterruptionKind;
  readonly cpu: number;
  readonly task: Task;
  readonly registers: Registers;
  /** What the instruction does with memory. */
  readonly access?: MemoryAccess;
  /** Nothing could be run there. */
  readonly noCode: boolean;
  /** The stack ran into its guard page: the name of the stack, and where it lies. */
  readonly overflow?: StackArea;
  /** How many the kernel has met, this one included; undefined where that can't be read. */
  readonly number: number | undefined;
}

/** What an architecture's own code prints of an oops: by this kernel's own format strings, where eras differ. */
export interface OopsPrinting {
  /** How many bytes of code are printed before the instruction, and from its second on. */
  readonly code: { readonly before: number; readonly behind: number };
  /** The line for code that can't be read. */
  readonly noCode: (kernel: Kernel, start: bigint) => PrintedLine;
  /** The instruction pointer, its code, and the general registers. */
  readonly registers: (
    registers: Partial<Registers>,
    symbol: (address: bigint) => string,
    code: readonly PrintedLine[],
  ) => PrintedLine[];
  /** What the CPU itself held: segments and control registers. */
  readonly control: (kernel: Kernel, of: ControlOf) => PrintedLine[];
  /** From the fault's own lines to the header, which counts oopses. */
  readonly first: (kernel: Kernel, exception: PrintedException) => PrintedLine[];
  /** Behind the list of modules. */
  readonly last: (kernel: Kernel, exception: PrintedException) => PrintedLine[];
  /** How the page that a fault is about is protected against what was done: "mapped read-only". */
  readonly protection: (kernel: Kernel, exception: PrintedException) => string | undefined;
  /** What stands in angle brackets around the part of a trace that is on a stack; undefined where none does. */
  readonly stackName: (kernel: Kernel, area: StackArea) => string | undefined;
  /** Where the stack goes on that this one was entered from; undefined at the last. @throws ReadError */
  readonly nextStack: (kernel: Kernel, area: StackArea) => bigint | undefined;
  /** The line of a record that has the place, as it begins. */
  readonly placeLine: string;
  /** Where the registers' instruction pointer stands. */
  readonly savedIpAt: (saved: SavedRegisters) => bigint;
  /** Registers that were copied from where an entry saved them. @throws ReadError */
  readonly savedAt: (kernel: Kernel, address: bigint) => SavedRegisters;
}

export interface ControlOf {
  readonly cpu: number;
  readonly task: Task;
  readonly registers: Registers;
  /** The address of the last page fault, where an instruction tells it. */
  readonly faulted?: bigint;
}
