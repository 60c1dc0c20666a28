import type { SymbolInfo, SymbolTable } from '../debuginfo/symbol-table.js';
import type { TypeSource } from '../debuginfo/type-source.js';
import { ShapeError } from './gaps.js';

/** Symbols that can't be read: each question tells so. "This kernel has none" would be said of them else. */
export function tellingSymbols(symbols: SymbolTable, tell: (reason: string) => void): SymbolTable {
  const { unreadable } = symbols;
  if (unreadable === undefined) return symbols;
  const told = (): SymbolTable => {
    tell(unreadable);
    return symbols;
  };
  return {
    source: symbols.source,
    unreadable,
    get count() {
      return told().count;
    },
    addressOf: (name) => told().addressOf(name),
    lookup: (name) => told().lookup(name),
    at: (address) => told().at(address),
    [Symbol.iterator]: (): Iterator<SymbolInfo> => told()[Symbol.iterator](),
  };
}

/** The same for types. */
export function tellingTypes(types: TypeSource, tell: (reason: string) => void): TypeSource {
  const { unreadable } = types;
  if (unreadable === undefined) return types;
  const told = (): TypeSource => {
    tell(unreadable);
    return types;
  };
  return {
    source: types.source,
    unreadable,
    struct: (name, definedBy) => told().struct(name, definedBy),
    enum: (name, definedBy) => told().enum(name, definedBy),
    typedef: (name, definedBy) => told().typedef(name, definedBy),
    enumerator: (name, definedBy) => told().enumerator(name, definedBy),
    variable: (name, definedBy) => told().variable(name, definedBy),
    functionType: (symbol) => told().functionType(symbol),
    structNames: () => told().structNames(),
    typeNames: () => told().typeNames(),
  };
}

/** "this kernel has no `struct zone` in its types", where that is known. */
export function noSuchStruct(types: TypeSource, name: string): ShapeError {
  const message = lackOfType(types, `\`struct ${name}\``, `this kernel has no \`struct ${name}\` in its types`);
  return new ShapeError(message, types.unreadable === undefined ? { kind: 'struct', name } : undefined);
}

/** What a type that was not found says: `lack` of the kernel, unless its types can't be read. */
export function lackOfType({ unreadable }: TypeSource, what: string, lack: string): string {
  return unreadable === undefined ? lack : `${what} is not known: the kernel's types can't be read`;
}

/** What serves where the dump's own names or types can't be read. */
export const vmlinuxServes = "give this kernel's vmlinux (--vmlinux), which has them too";

/** Types without which there is no answer. */
export function typesUnreadable(unreadable: string): string {
  return `the kernel's types can't be read (${unreadable}); ${vmlinuxServes}`;
}

/** A name that the user gave, where no name can be looked up: with why, and what serves instead. */
export function notLookedUp(name: string, unreadable: string, instead: string): string {
  return `${name} can't be looked up: ${unreadable.slice(0, 1).toLowerCase()}${unreadable.slice(1).replace(/\.$/, '')}; ${instead}`;
}

export function noSuchSymbol({ unreadable }: SymbolTable, kind: 'symbol' | 'variable', name: string): ShapeError {
  return unreadable === undefined
    ? new ShapeError(`this kernel has no ${kind} \`${name}\``, { kind: 'symbol', name })
    : new ShapeError(`the ${kind} \`${name}\` is not known: the kernel's symbols can't be read`);
}
