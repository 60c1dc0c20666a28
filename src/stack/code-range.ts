import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { Ref } from '../kernel/shape.js';

/** A run of addresses that holds code: [low, high). */
export interface CodeRange {
  readonly low: bigint;
  readonly high: bigint;
  /** undefined for the kernel's own. */
  readonly module?: ModuleCode;
  /** The name of code that was made at run time: a BPF program, a trampoline of BPF's or of ftrace's. */
  readonly made?: string;
  /** What the kernel prints of it is an address: kallsyms_lookup() does not know its name. */
  readonly isNameless?: true;
  /**
   * How it is unwound, which no table says: as the code that it is a copy of, or by the pt_regs at its stack pointer.
   */
  readonly unwoundBy?: { readonly copyOf: bigint } | 'pt_regs';
}

export interface ModuleCode {
  readonly name: string;
  readonly ref: Ref<'module'>;
  /** Read when the first address in it is asked for. */
  symbols(): SymbolTable | undefined;
}
