import type { SymbolName } from '../../symbols/symbol-names.js';
import type { Architecture } from '../arch/architecture.js';
import type { DebugInfo } from '../debuginfo/dwarf/debug-info.js';
import type { SymbolInfo, SymbolTable } from '../debuginfo/symbol-table.js';
import type { TypeSource } from '../debuginfo/type-source.js';
import type { Dump } from '../dump/dump.js';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import type { AddressSpace } from '../memory/address-space.js';
import type { Bases } from '../memory/bases.js';
import type { BoundShape } from './bind-shape.js';
import type { GapLog } from './gaps.js';
import type { GlobalName, GlobalValue } from './globals.js';
import type { Guard } from './guard.js';
import type { MemberName, MemberPath, PerCpu, Ref, RefBase, Shape, StructName } from './shape.js';

/** A dead kernel: its memory, its names and types, and readers bound to them. */
export interface Kernel {
  /** `uname -r`. */
  readonly release: string;
  /** `uname -m`. */
  readonly architecture: string;
  /** What follows from it. */
  readonly arch: Architecture;
  /** The file that it was read from; undefined for a toy kernel. */
  readonly dump: Dump | undefined;
  readonly memory: AddressSpace;
  /** The machine's RAM, by page frame; undefined for a toy kernel without any. */
  readonly physical: PhysicalMemory | undefined;
  /** Where KASLR put the direct map, vmalloc's region and the array of struct page. */
  readonly bases: Bases;
  /** A process's own addresses, by `mm->pgd`. @throws Implausible where that is no address of the direct map */
  userSpace(pgd: bigint): AddressSpace;
  readonly symbols: SymbolTable;
  readonly types: TypeSource;
  /**
   * The DWARF of a vmlinux, opened at the first call; undefined where there is none. What is asked of it may throw
   * DwarfError.
   */
  debugInfo(): DebugInfo | undefined;
  /** What VMCOREINFO says, by key. */
  vmcoreinfo(key: string): string | undefined;

  /** What could not be read since the log was last exchanged. */
  gaps: GapLog;
  readonly guard: Guard;
  /**
   * What `read` gives; where memory is missing, a gap named `what`, and undefined.
   * Where a failed read becomes a gap.
   */
  attempt<T>(what: string, read: () => T): T | undefined;
  /**
   * What `read` gives, for a guess: undefined where it can't be read, which is a gap only where the dump has lost what
   * stood there. That no memory is there, or that its page was left out of the dump, answers the guess.
   */
  peek<T>(what: string, read: () => T): T | undefined;
  /** Records a gap that no failed read made. */
  gap(what: string, reason: string, address?: bigint): void;
  /**
   * Work shared between plugins: made at the first call, then kept, with the gaps that it met: they are recorded at
   * each use. A gap error that ended it is kept and thrown likewise.
   */
  once<T>(key: string, make: () => T): T;

  /** @throws ShapeError where this kernel has no such struct */
  bind(shape: Shape | StructName): BoundShape;
  /** The struct, or the first member that is not optional, that this kernel lacks; undefined where it has all. */
  missing(shape: Shape | StructName): string | undefined;
  /** True where this kernel has the struct, and the member if one is named. */
  has<S extends Shape | StructName>(shape: S, member?: MemberName<S>): boolean;
  /** The same of any struct: one that is known only at run time, or has no shape. */
  hasNamed(struct: string, member?: string): boolean;
  /** @throws ShapeError */
  ref<S extends Shape | StructName>(shape: S, address: bigint): Ref<S>;
  /** The object that has its `member` at `address`. */
  containerOf<S extends Shape | StructName>(shape: S, address: bigint, member: MemberPath<S>): Ref<S>;
  /**
   * In bytes; dots lead into members: 'd_name.name'. A member with another name in this kernel is found by that.
   * @throws ShapeError
   */
  offsetOf<S extends Shape | StructName>(shape: S, member: MemberPath<S>): number;
  /** In bytes. @throws ShapeError */
  sizeOf(shape: Shape | StructName): number;
  /** `offsetOf` in any struct: one that is known only at run time, or has no shape. @throws ShapeError */
  offsetNamed(struct: string, member: string): number;
  /** `sizeOf` of any struct. @throws ShapeError */
  sizeNamed(struct: string): number;

  hasGlobal(name: GlobalName): boolean;
  /** The value of a global variable. @throws ShapeError where this kernel has none of that name, ReadError */
  global<N extends GlobalName>(name: N): GlobalValue<N>;
  /** The address of a symbol; for per-CPU ones their offset. @throws ShapeError */
  symbol(name: SymbolName): bigint;
  /** The same; undefined where this kernel has none of that name. */
  findSymbol(name: SymbolName): bigint | undefined;
  /** All with that name: static functions and variables may share one. */
  findSymbols(name: SymbolName): readonly SymbolInfo[];
  /**
   * `symbol` of any name: one that is known only at run time, or that `symbols/` does not declare. @throws ShapeError
   */
  symbolNamed(name: string): bigint;
  /** What a per-CPU pointer or variable holds on a CPU. */
  perCpu<T>(pointer: PerCpu<T> | null, cpu: number): T;
  perCpuGlobal<N extends GlobalName>(name: N, cpu: number): GlobalValue<N>;
  /** What to add to a per-CPU symbol's address. */
  perCpuOffset(cpu: number): bigint;
  /** CPUs whose per-CPU areas exist, ascending: sums go over these, since a panic empties `cpu_online_mask`. */
  possibleCpus(): readonly number[];

  /** An enumerator's value, in whatever enum; undefined where this kernel has none. */
  enumerator(name: string): number | undefined;
  /** All names of an enum with their values; empty where this kernel has none. */
  enumValues(name: string): ReadonlyMap<string, number>;

  /** The objects on a `struct list_head`, by the member that links them. Ends with a gap where the list is broken. */
  list<S extends Shape | StructName>(head: RefBase | bigint, shape: S, member: MemberPath<S>): Generator<Ref<S>>;
  /** The objects that stand one behind the other: what a pointer to the first of an array leads to. */
  array<S extends Shape | StructName>(first: RefBase | bigint, shape: S, length: number): Generator<Ref<S>>;
  /** Frees the dump's file. */
  close(): void;
}
