/** A symbol as nm names it. `size` is known from a vmlinux only; from kallsyms it reaches to the next symbol. */
export interface SymbolInfo {
  name: string;
  address: bigint;
  size: number;
  /** nm's letter: t/T text, d/D data, b/B bss, r/R rodata, a/A absolute (per-CPU offsets). */
  type: string;
  /** The module's name; undefined for the kernel itself. */
  module?: string;
}

/** Names and addresses. Every address is as it was in the dead machine: KASLR's offset is already added. */
export interface SymbolTable {
  /** Where the names come from, for `info`: "vmlinux .symtab", "kallsyms in the dump (base-relative)". */
  readonly source: string;
  /** Why nothing is known: what held the names can't be read. Whoever asks is told of a gap. */
  readonly unreadable?: string;
  /** The kernel's alone, where this table has its modules' symbols too: asking those reads the list of modules. */
  readonly kernelOnly?: SymbolTable;
  readonly count: number;
  /** The address of the first symbol with that name; per-CPU symbols give their offset. */
  addressOf(name: string): bigint | undefined;
  /** All with that name: static functions and variables may share one. */
  lookup(name: string): readonly SymbolInfo[];
  /** The symbol that `address` lies in, with the offset into it. */
  at(address: bigint): { symbol: SymbolInfo; offset: number } | undefined;
  /** All symbols, ascending by address. */
  [Symbol.iterator](): Iterator<SymbolInfo>;
}
