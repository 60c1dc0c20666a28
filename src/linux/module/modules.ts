import { mergeSymbolTables, moduleSymbols } from '../../debuginfo/module-symbols.js';
import { ELF_SYMBOL_BYTES } from '../../debuginfo/elf-symbols.js';
import type { SymbolInfo, SymbolTable } from '../../debuginfo/symbol-table.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** A `struct module`, include/linux/module.h. */
export type Module = Ref<'module'>;

/** A run of memory that a module's code or data stands in. */
export interface ModuleMemory {
  /** `text`, `data`, … since 6.4; `core` and `init` before. */
  readonly kind: string;
  readonly base: bigint;
  readonly bytes: number;
}

/** The loaded modules, newest first, as lsmod lists them. */
export function* modules(kernel: Kernel): Generator<Module> {
  const head = kernel.attempt('modules', () => kernel.symbol('modules'));
  if (head !== undefined) yield* kernel.list(head, 'module', 'list');
}

/** Where a module stands, its init part as long as it is there. @throws ReadError */
export function moduleMemory(kernel: Kernel, module: Module): readonly ModuleMemory[] {
  const regions: ModuleMemory[] = [];
  const add = (kind: string, base: bigint, bytes: number) => {
    if (base !== 0n && bytes > 0) regions.push({ kind, base, bytes });
  };
  if (module.mem) {
    const kinds = new Map(
      [...kernel.enumValues('mod_mem_type')].map(([name, value]) => [value, name.replace(/^MOD_/, '').toLowerCase()]),
    );
    for (const [index, { base, size }] of module.mem.entries()) add(kinds.get(index) ?? `part ${index}`, base, size);
  }
  if (module.core_layout) add('core', module.core_layout.base, module.core_layout.size);
  if (module.init_layout) add('init', module.init_layout.base, module.init_layout.size);
  return regions;
}

/** enum module_state, include/linux/module.h. */
const STATES: Readonly<Record<string, string>> = {
  MODULE_STATE_LIVE: 'live',
  MODULE_STATE_COMING: 'loading',
  MODULE_STATE_GOING: 'unloading',
  MODULE_STATE_UNFORMED: 'unformed',
};

/** "live", "loading", …: what /proc/modules says. @throws ReadError */
export function moduleState(kernel: Kernel, module: Module): string {
  const { state } = module;
  const name = [...kernel.enumValues('module_state')].find(([, value]) => value === state)?.[0];
  return (name !== undefined && STATES[name]) || `state ${state}`;
}

/** A module has some thousand symbols; more than this is no count. */
const MOST_SYMBOLS = 1 << 20;
const LARGEST_STRINGS = 32 << 20;

/** The symbols of a module, as /proc/kallsyms shows them (`mod->kallsyms`). @throws ReadError, Implausible */
export function symbolsOfModule(kernel: Kernel, module: Module): SymbolInfo[] {
  const { kallsyms, name } = module;
  if (!kallsyms) return [];
  const { num_symtab: count, symtab, strtab, typetab } = kallsyms;
  if (count > MOST_SYMBOLS) throw new Implausible(`${count} symbols of module ${name}`, kallsyms.$address);
  const bytes = kernel.memory.read(symtab, count * ELF_SYMBOL_BYTES);
  const regions = moduleMemory(kernel, module);
  const stands = (address: bigint): boolean =>
    regions.some(({ base, bytes: length }) => address >= base && address < base + BigInt(length));
  return moduleSymbols({
    module: name,
    symtab: bytes,
    strtab: kernel.memory.read(strtab, stringsLength(kernel, bytes, strtab)),
    ...(typetab ? { typetab: kernel.memory.read(typetab, count) } : {}),
    // While a module is loading its table still has file names and what lies in sections that are thrown away; absolute
    // ones that are left are offsets of per-CPU variables.
  }).filter(({ address, type }) => stands(address) || (/a/i.test(type) && address !== 0n));
}

/** No member says how long the strings are: up to the end of the last name that a symbol has. */
function stringsLength(kernel: Kernel, symtab: Uint8Array, strtab: bigint): number {
  const view = new DataView(symtab.buffer, symtab.byteOffset, symtab.byteLength);
  let last = 0;
  for (let at = 0; at + ELF_SYMBOL_BYTES <= symtab.length; at += ELF_SYMBOL_BYTES)
    last = Math.max(last, view.getUint32(at, true));
  if (last > LARGEST_STRINGS) throw new Implausible(`a module's string table of ${last} bytes`, strtab);
  return last + kernel.memory.cString(strtab + BigInt(last), 512).length + 1;
}

/** The symbols of all modules; undefined where there are none. A module whose table can't be read is a gap. */
export function moduleSymbolTable(kernel: Kernel): SymbolTable | undefined {
  const tables: SymbolInfo[][] = [];
  for (const module of modules(kernel)) {
    const found = kernel.attempt('module.kallsyms', () => symbolsOfModule(kernel, module));
    if (found && found.length > 0) tables.push(found);
  }
  return tables.length === 0 ? undefined : mergeSymbolTables(NO_SYMBOLS, tables);
}

const NO_SYMBOLS: SymbolTable = {
  source: 'modules in the dump',
  count: 0,
  addressOf: () => undefined,
  lookup: () => [],
  at: () => undefined,
  [Symbol.iterator]: () => [][Symbol.iterator](),
};
