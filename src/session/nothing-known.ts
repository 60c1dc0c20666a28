import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { TypeSource } from '../debuginfo/type-source.js';

/** Where there are no types at all: every shape says so. */
export const noTypes: TypeSource = {
  source: 'none',
  struct: () => undefined,
  enum: () => undefined,
  typedef: () => undefined,
  enumerator: () => undefined,
  variable: () => undefined,
  functionType: () => undefined,
  structNames: () => [],
  typeNames: () => [],
};

/** Where there are no names at all. */
export const noSymbols: SymbolTable = symbolsOf({});

/** Where there are names and they can't be read. */
export function unreadableSymbols(unreadable: string): SymbolTable {
  return symbolsOf({ unreadable });
}

function symbolsOf(why: Pick<SymbolTable, 'unreadable'>): SymbolTable {
  return {
    source: 'none',
    ...why,
    count: 0,
    addressOf: () => undefined,
    lookup: () => [],
    at: () => undefined,
    [Symbol.iterator]: () => [][Symbol.iterator](),
  };
}
