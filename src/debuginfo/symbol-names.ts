import type { KeptColumns } from '../bytes/kept-columns.js';
import { nameAt } from './name-at.js';
import { indexNames, type NameIndex } from './name-index.js';

/** The names of a table's symbols, by the symbols' numbers. */
export interface SymbolNames {
  of(n: number): string;
  /** All symbols whose name is `name`, ascending. */
  find(name: string): number[];
}

/** Names that stand NUL-terminated in a string section, symbol n's at `offsets[n]`; indexed on first use. */
export function namesInSection(strings: Uint8Array, offsets: Uint32Array, kept?: KeptColumns): SymbolNames {
  let index: NameIndex | undefined;
  return {
    of: (n) => nameAt(strings, offsets[n]!),
    find(name) {
      index ??= indexNames(
        [{ strings, firstString: 0, endString: strings.length }],
        offsets.length,
        (n) => offsets[n]!,
        kept && { in: kept, as: 'names of symbols' },
      );
      return index.find(name);
    },
  };
}
