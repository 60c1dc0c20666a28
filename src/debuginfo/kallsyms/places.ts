import type { AddressCoding } from './addresses.js';

/** Where the tables stand. */
export interface KallsymsPlaces {
  /** kallsyms_num_syms' value. */
  count: number;
  names: bigint;
  tokenTable: bigint;
  tokenIndex: bigint;
  /** The readings that come into question, in the order in which they are tried. */
  addresses: readonly { at: bigint; coding: AddressCoding; base?: bigint }[];
  /** For `info`. */
  foundBy: (typeof FOUND_BY)[number];
}

export const FOUND_BY = ['VMCOREINFO', 'search'] as const;

// Kernels have some 100,000 to 250,000 symbols.
export const MOST_SYMBOLS = 1 << 21;

/** The ways to read kallsyms_offsets at `at`; without a base there is one. */
export function offsetReadings(at: bigint, base: bigint | undefined): KallsymsPlaces['addresses'] {
  if (base === undefined) return [{ at, coding: 'place-relative' }];
  return [
    { at, coding: 'absolute per-CPU', base },
    { at, coding: 'base-relative', base },
    { at, coding: 'place-relative' },
  ];
}
