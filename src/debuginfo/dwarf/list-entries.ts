import type { AddressKey } from './address-key.js';
import type { Cursor } from './cursor.js';
import type { Die } from './die.js';

export type AddressRange = readonly [low: AddressKey, high: AddressKey];

/** The kinds of entries that lists of ranges (DW_RLE_…) and of locations (DW_LLE_…) have in DWARF 5, by number. */
const both = ['end_of_list', 'base_addressx', 'startx_endx', 'startx_length', 'offset_pair'] as const;
const addresses = ['base_address', 'start_end', 'start_length'] as const;
export const rangeKinds = [...both, ...addresses] as const;
export const locationKinds = [...both, 'default_location', ...addresses, 'GNU_view_pair'] as const;

type Bounded = Exclude<
  (typeof both)[number] | (typeof addresses)[number],
  'end_of_list' | 'base_addressx' | 'base_address'
>;

/** The code that an entry is about: [low, high). */
export function boundsOf(kind: Bounded, cursor: Cursor, die: Die, base: AddressKey): AddressRange {
  const size = die.unit.addressSize;
  switch (kind) {
    case 'startx_endx':
      return [indexedAddress(cursor, die), indexedAddress(cursor, die)];
    case 'startx_length':
      return withLength(indexedAddress(cursor, die), cursor);
    case 'offset_pair':
      return [base + cursor.uleb(), base + cursor.uleb()];
    case 'start_end':
      return [cursor.address(size), cursor.address(size)];
    case 'start_length':
      return withLength(cursor.address(size), cursor);
  }
}

function withLength(low: AddressKey, cursor: Cursor): AddressRange {
  return [low, low + cursor.uleb()];
}

/** An address by its number in .debug_addr. */
export function indexedAddress(cursor: Cursor, { file, unit }: Die): AddressKey {
  return file.indexedAddress(unit, cursor.uleb());
}
