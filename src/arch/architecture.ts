import type { FileReader } from '../bytes/file-reader.js';
import type { KernelSpace, VmcoreinfoLines } from '../memory/kernel-space.js';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import type { ControlRegisters, KnownRegisters, RegisterNote, Registers } from './registers.js';

/**
 * What a processor's architecture determines, and nothing above `src/arch` knows: how memory is mapped, what a dump's
 * register notes say, how code reads. What it says of stacks needs a kernel: `StackArchitecture`.
 * All are 64-bit and little endian; `elf.ts` refuses others.
 */
export interface Architecture {
  /** As `uname -m` has it. */
  readonly name: string;
  /** Sizes of pages that its kernels can be built with, in bytes; the first where nothing tells. */
  readonly pageSizes: readonly [number, ...number[]];
  readonly notes: RegisterNotes;
  readonly memory: MemoryArchitecture;
  readonly code: CodeArchitecture;
  /** What the processor's own word for an error of the hardware says; left out where it has none. */
  readonly hardwareError?: (status: bigint) => HardwareError;
  /** The packed kernel in the file that a boot loader loads; undefined for any other file. */
  readonly bootImage: (file: FileReader) => BootImage | undefined;
}

/** An error of the hardware, as the processor words it. */
export interface HardwareError {
  /** Whether it tells of an error at all. */
  readonly isValid: boolean;
  readonly isUncorrected: boolean;
  /** "uncorrected", "processor context corrupt" */
  readonly flags: readonly string[];
  /** Whether the record's address says where. */
  readonly hasAddress: boolean;
  readonly hasMisc: boolean;
  /** "an error of memory, at a read, on channel 1"; undefined for a code that is not known. */
  readonly code: string | undefined;
}

/** Where the packed kernel lies in a boot image. */
export interface BootImage {
  /** "bzImage" */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** Bytes behind a payload that does not say its own size (all but gzip). */
  readonly appended: number;
}

/** What a dump's notes say of a CPU's registers. */
export interface RegisterNotes {
  /** Bytes of an NT_PRSTATUS: a note of another length is of another architecture, or damaged. */
  readonly prstatusBytes: number;
  /** The registers in an NT_PRSTATUS. @param desc of `prstatusBytes` */
  registers(desc: Uint8Array): Registers;
  /** Whether a hypervisor's own note is of a CPU that stood there. */
  isSamePlace(desc: Uint8Array, registers: Registers): boolean;
  /** What a hypervisor's own note says beyond; undefined where it is no such note. */
  control(desc: Uint8Array): ControlRegisters | undefined;
  /** Whether a CPU with these registers is the one whose per-CPU variables lie at `area`. */
  hasPerCpuArea(control: ControlRegisters, area: bigint): boolean;
}

/** Where the kernel's image may lie: addresses from `start` on, `bytes` of them. */
export interface KernelImage {
  readonly start: bigint;
  readonly bytes: number;
}

/** How virtual memory is laid out and mapped. */
export interface MemoryArchitecture {
  readonly kernelImage: KernelImage;
  /** Where `_stext` of a kernel's vmlinux lies, unless it was configured otherwise. */
  readonly usualText: bigint;
  /** The lowest address that may be the kernel's own; user space lies below. */
  readonly kernelStart: bigint;
  /** Where modules and BPF programs stand, wherever it begins in one kernel: the end is the first address behind. */
  readonly modules: { readonly start: bigint; readonly end: bigint };
  /** THREAD_SIZE where nothing tells it, in bytes. */
  readonly usualStackBytes: number;
  /**
   * Finds the kernel's page tables, and verifies them.
   * @throws InputError where what the dump states does not lead to any
   */
  kernelSpace(
    physical: PhysicalMemory,
    vmcoreinfo: VmcoreinfoLines | undefined,
    notes: readonly RegisterNote[],
  ): KernelSpace;
}

/**
 * What can be told from a function's instructions, without following its jumps: the architecture's own decoder is the
 * one that reads them. `code` is the bytes, `start` the address of the first.
 */
export interface CodeArchitecture {
  /** In bytes; so many are read before a return address. */
  readonly longestCall: number;
  /** In bytes. */
  readonly longestInstruction: number;
  /** The call that ends right where `code` ends, at `next`; its target where the instruction names it. */
  readonly callBefore: (code: Uint8Array, next: bigint) => { target?: bigint } | undefined;
  /** What a function does that readers ask for, in the order of its code: what stands first need not run first. */
  readonly actions: (code: Uint8Array, start: bigint) => Iterable<CodeAction>;
  /** Constants in the code that may be addresses. */
  readonly addressesNamed: (code: Uint8Array, start: bigint) => Iterable<bigint>;
  /** The bit that the first test_and_set_bit() of a constant sets. */
  readonly firstLockedBit: (code: Uint8Array) => number | undefined;
  /** Whether the code has a cpu_relax(); it may begin within an instruction. */
  readonly pauses: (code: Uint8Array) => boolean;
  /** What the first instruction does with memory; undefined where it touches none, or that is not known. */
  readonly memoryAccess: (code: Uint8Array, registers: KnownRegisters) => MemoryAccess | undefined;
  /** Bytes that the first instruction needs its address aligned to; undefined where it is, or need not be. */
  readonly misalignedBy: (code: Uint8Array, access: MemoryAccess) => number | undefined;
  /**
   * Where the value of a register came from, whichever way the function came to the instruction at `at`; undefined
   * where that is not one place, or can't be told. @param register as in `MemoryAccess.parts`
   */
  readonly origin: (code: FunctionCode, at: bigint, register: string) => Origin | undefined;
  /** The call that returns to `next`; undefined where no way through the function leads to one. */
  readonly callTo: (code: FunctionCode, next: bigint) => CallInCode | undefined;
  /** The jumps that leave a function; undefined where its code can't be followed. */
  readonly jumpsOut: (code: FunctionCode) => readonly JumpOut[] | undefined;
  /** Those that pass a function's arguments, in their order. */
  readonly argumentRegisters: readonly string[];
  /** Functions that stand in for an indirect call (retpolines), with the register that each goes on by. */
  readonly thunks: Readonly<Record<string, string>>;
  /** Whether the first instruction is the one that BUG() and WARN() are made of. */
  readonly isTrap: (code: Uint8Array) => boolean;
  /** Where the `bug_entry` of a WARN() is that traps with it in a register, as those with a message do since 6.19. */
  readonly warningEntry: (registers: Registers) => bigint | undefined;
  /** The instruction of a breakpoint, behind which the registers then stand. */
  readonly breakpoint: Uint8Array;
  /** How the first instruction writes to the stack; undefined where it does not. */
  readonly stackWrite: (code: Uint8Array) => 'push' | 'call' | undefined;
}

/** An instruction's way to memory. */
export interface MemoryAccess {
  /** `call` and `jump`: it goes on at the address that it read there. */
  readonly does: 'read' | 'write' | 'read and write' | 'call' | 'jump';
  /** How many, where the instruction says so. */
  readonly bytes?: number;
  /** The operand as an assembler writes it: "0x28(%rdi)". */
  readonly operand: string;
  /** The general registers that the address is made of, the base first, with their values. */
  readonly parts: readonly { readonly register: string; readonly value: bigint; readonly scale: number }[];
  /** The constant that is added. */
  readonly displacement: number;
  /** undefined where it is relative to a segment. */
  readonly address?: bigint;
}

/** A call, and what it goes by: the register with the pointer, or with a displacement the one that points at that. */
export interface CallInCode {
  /** The instruction. */
  readonly at: bigint;
  /** undefined where it names what it calls, or goes by more than one register. */
  readonly register?: string;
  readonly displacement?: number;
}

/** A jump that leaves its function, as a call at a function's end does. */
export interface JumpOut extends CallInCode {
  /** Where the instruction names it. */
  readonly target?: bigint;
}

/** A function's code: where it begins, and the parts that the compiler moved elsewhere (`.cold`). */
export type FunctionCode = readonly [CodePart, ...CodePart[]];

export interface CodePart {
  readonly start: bigint;
  readonly bytes: Uint8Array;
}

/** What a value was made of: through pointers that were read at these offsets in turn, and a constant added at last. */
export interface Origin {
  /**
   * An argument by its register's place among those that pass them; `result`, of the function at that address; what a
   * register had as the instruction there read through it, where that came from several places.
   */
  readonly base:
    | { readonly is: 'argument'; readonly number: number }
    | { readonly is: 'register'; readonly register: string; readonly address: bigint }
    | { readonly is: 'result' | 'variable' | 'per-CPU variable'; readonly address: bigint };
  readonly loads: readonly number[];
  readonly add: number;
}

/** Offsets are from the start of the code; `after` is where it goes on. */
export type CodeAction =
  | {
      readonly does: 'call' | 'jump';
      readonly target: bigint;
      readonly at: number;
      readonly after: number;
      /** The constant that was last loaded as a first argument, and where. */
      readonly argument?: { readonly value: bigint; readonly at: number };
    }
  /** A byte of zero goes to a constant address: how a queued spinlock is released. */
  | { readonly does: 'store zero'; readonly address: bigint; readonly after: number }
  /** This CPU's number is counted up or down, by the per-CPU pointer in the variable at `pointer`. */
  | { readonly does: 'count up' | 'count down'; readonly pointer: bigint; readonly after: number };
