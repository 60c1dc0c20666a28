import { packSymbols, symbolTable } from './compact-symbols.js';
import { ELF_SYMBOL_BYTES } from './elf-symbols.js';
import type { SymbolInfo, SymbolTable } from './symbol-table.js';

/** What `struct mod_kallsyms` points to, read from the dump. */
export interface ModuleTables {
  module: string;
  /** num_symtab times Elf64_Sym; addresses in it are final. */
  symtab: Uint8Array;
  strtab: Uint8Array;
  /** nm's letter for each symbol. Before 5.2 (1c7651f43777) it stood in st_info, and this is left out. */
  typetab?: Uint8Array;
}

const SHN_UNDEF = 0;
/** Before 5.2 nm's letter stood in st_info instead: letters of functions and data are no such value. */
const STT_FILE = 4;
const LONGEST_NAME = 512;

/** A module's symbols as kallsyms shows them (module_get_kallsym() in the kernel), the undefined ones left out. */
export function moduleSymbols({ module, symtab, strtab, typetab }: ModuleTables): SymbolInfo[] {
  const view = new DataView(symtab.buffer, symtab.byteOffset, symtab.byteLength);
  const found: SymbolInfo[] = [];
  for (let n = 0; (n + 1) * ELF_SYMBOL_BYTES <= symtab.length; n++) {
    const at = n * ELF_SYMBOL_BYTES;
    const name = nameAt(strtab, view.getUint32(at, true));
    if (name === '' || view.getUint16(at + 6, true) === SHN_UNDEF || (symtab[at + 4]! & 0xf) === STT_FILE) continue;
    const letter = typetab === undefined ? symtab[at + 4] : typetab[n];
    found.push({
      name,
      module,
      address: view.getBigUint64(at + 8, true),
      size: Number(view.getBigUint64(at + 16, true)),
      type: letter === undefined || letter === 0 ? '?' : String.fromCharCode(letter),
    });
  }
  return found;
}

function nameAt(strtab: Uint8Array, start: number): string {
  if (start >= strtab.length) return '';
  const part = strtab.subarray(start, start + LONGEST_NAME);
  const end = part.indexOf(0);
  return Buffer.from(part.buffer, part.byteOffset, end < 0 ? part.length : end).toString('latin1');
}

/** The kernel's symbols and those of its modules as one table; a name that both have is the kernel's first. */
export function mergeSymbolTables(kernel: SymbolTable, modules: readonly (readonly SymbolInfo[])[]): SymbolTable {
  const infos = modules.flat();
  if (infos.length === 0) return kernel;
  const packed = symbolTable(packSymbols(infos), 'modules');
  // Packing forgets which module a symbol is of.
  const byAddress = new Map(infos.map((symbol) => [`${symbol.address} ${symbol.name}`, symbol.module]));
  const own = (symbol: SymbolInfo): SymbolInfo => {
    const module = byAddress.get(`${symbol.address} ${symbol.name}`);
    return module === undefined ? symbol : { ...symbol, module };
  };
  return {
    source: `${kernel.source}, ${modules.length} modules`,
    count: kernel.count + packed.count,
    addressOf: (name) => kernel.addressOf(name) ?? packed.addressOf(name),
    lookup: (name) => [...kernel.lookup(name), ...packed.lookup(name).map(own)],
    at(address) {
      const inKernel = kernel.at(address);
      const inModule = packed.at(address);
      if (inModule === undefined || (inKernel !== undefined && inKernel.offset <= inModule.offset)) return inKernel;
      return { symbol: own(inModule.symbol), offset: inModule.offset };
    },
    *[Symbol.iterator]() {
      const left = kernel[Symbol.iterator]();
      const right = packed[Symbol.iterator]();
      let a = left.next();
      let b = right.next();
      while (!a.done || !b.done) {
        if (!a.done && (b.done || a.value.address <= b.value.address)) {
          yield a.value;
          a = left.next();
        } else if (!b.done) {
          yield own(b.value);
          b = right.next();
        }
      }
    },
  };
}
