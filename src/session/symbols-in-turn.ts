import type { SymbolInfo, SymbolTable } from '../debuginfo/symbol-table.js';
import { defined } from '../words/defined.js';

/**
 * The kernel's own symbols, and those of its modules where these don't answer. Modules are read at the first such
 * question.
 */
export function symbolsInTurn(kernel: SymbolTable, modules: () => SymbolTable | undefined): SymbolTable {
  return {
    source: kernel.source,
    kernelOnly: kernel,
    ...defined({ unreadable: kernel.unreadable }),
    get count() {
      return kernel.count + (modules()?.count ?? 0);
    },
    addressOf: (name) => kernel.addressOf(name) ?? modules()?.addressOf(name),
    lookup: (name) => [...kernel.lookup(name), ...(modules()?.lookup(name) ?? [])],
    at: (address) => kernel.at(address) ?? modules()?.at(address),
    *[Symbol.iterator](): Generator<SymbolInfo> {
      yield* kernel;
      yield* modules() ?? [];
    },
  };
}
