/** A C type as BTF and DWARF both can say it. `void` is kind 'void'. */
export type CType =
  | { kind: 'void' }
  | { kind: 'int'; name: string; size: number; signed: boolean; bool: boolean; char: boolean }
  | { kind: 'float'; name: string; size: number }
  | { kind: 'pointer'; target: () => CType; size: number }
  | { kind: 'array'; element: () => CType; length: number }
  | StructType
  | EnumType
  | { kind: 'forward'; name: string; union: boolean }
  | { kind: 'typedef'; name: string; target: () => CType }
  | { kind: 'qualified'; qualifier: 'const' | 'volatile' | 'restrict' | 'type_tag' | 'atomic'; target: () => CType }
  | FunctionType;

/** What a function takes and returns. */
export interface FunctionType {
  kind: 'function';
  returns: () => CType;
  /** In their order; '' for one without a name. */
  parameters: readonly { name: string; type: () => CType }[];
}

/** A struct or union as this kernel has it; `kernel.types.struct('zone')` gives one. */
export interface StructType {
  kind: 'struct' | 'union';
  /** '' for an anonymous one. */
  name: string;
  size: number;
  members: readonly Member[];
}

/** A member of one, at its place. */
export interface Member {
  /** '' for an anonymous struct or union. */
  name: string;
  /** From the start of the struct. */
  bitOffset: number;
  /** Width of a bit field; 0 for a plain member. */
  bitSize: number;
  type: () => CType;
}

/** An enum with its enumerators by name. */
export interface EnumType {
  kind: 'enum';
  name: string;
  size: number;
  signed: boolean;
  values: ReadonlyMap<string, bigint>;
}

/** A function of the kernel, or of one of its modules. */
export interface CodeSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly module?: string;
}

/** Where types come from: BTF or DWARF. Lookups are cached; a missing name is undefined, never an error. */
export interface TypeSource {
  /** For `info`: "vmlinux .BTF", "BTF in the dump", "vmlinux DWARF 5". */
  readonly source: string;
  /** Why nothing is known though it should be: what held the types can't be read. Whoever asks is told of a gap. */
  readonly unreadable?: string;
  /**
   * A complete struct or union by its tag. `definedBy` names a function whose compile unit has it: DWARF needs the
   * hint, BTF ignores it.
   */
  struct(name: string, definedBy?: string): StructType | undefined;
  enum(name: string, definedBy?: string): EnumType | undefined;
  typedef(name: string, definedBy?: string): CType | undefined;
  /** The enumerator's value in any enum, anonymous ones too. */
  enumerator(name: string, definedBy?: string): bigint | undefined;
  /** The type of a global variable, where the source knows it (DWARF; BTF for per-CPU ones). */
  variable(name: string, definedBy?: string): CType | undefined;
  /**
   * What the function with that symbol takes and returns: by name in BTF, by address in DWARF. None for what the
   * compiler changed (`.isra`), and where two functions of a name differ.
   */
  functionType(symbol: CodeSymbol): FunctionType | undefined;
  /** Tags of all structs known by name, for completion and search; may be costly on DWARF and is then empty. */
  structNames(): Iterable<string>;
  /** Those, the tags of enums and the names of typedefs: what a type that was misspelt may have meant. */
  typeNames(): Iterable<string>;
}
