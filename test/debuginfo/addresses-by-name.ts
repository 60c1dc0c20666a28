import type { SymbolTable } from '../../src/debuginfo/symbol-table.js';

/** All addresses of each name: of most there is one. */
export type AddressesByName = ReadonlyMap<string, readonly bigint[]>;

/** A whole table at once: to look up each of 100,000 names takes a hundred times as long. */
export function addressesByName(table: SymbolTable): AddressesByName {
  const found = new Map<string, bigint[]>();
  for (const { name, address } of table) {
    const known = found.get(name);
    if (known === undefined) found.set(name, [address]);
    else known.push(address);
  }
  return found;
}

/** The names in a table that the other one has not, or at other addresses only. */
export function unlike(table: SymbolTable, other: AddressesByName): string[] {
  return [...table].filter(({ name, address }) => !other.get(name)?.includes(address)).map(({ name }) => name);
}
